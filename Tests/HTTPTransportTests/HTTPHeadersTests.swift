import HTTPTransport
import Testing

@Suite struct HTTPHeadersTests {
    @Test func `names compare without regard to case`() {
        var headers: HTTPHeaders = ["Content-Type": "a", "content-type": "b", "Accept": "c"]
        #expect(headers["CONTENT-TYPE"] == "a")
        #expect(headers[all: "content-Type"] == ["a", "b"])
        headers["Content-type"] = "d"
        #expect(headers[all: "content-type"] == ["d"])
        headers["accept"] = nil
        #expect(headers.fields.map(\.name) == ["Content-type"])
    }

    @Test func `characters beyond letters compare exactly`() {
        #expect(HTTPHeaders([.init(name: "a@", value: "1")])["a`"] == nil)
    }

    @Test func `descriptions never show credentials`() {
        let headers: HTTPHeaders = ["Authorization": "Bearer secret", "Accept": "text/plain"]
        #expect(headers.description == "Authorization: <redacted>, Accept: text/plain")
    }

    @Test(arguments: [("5", Duration.seconds(5)), ("0", .zero), ("99999999", .seconds(3_600))])
    func `a Retry-After in seconds counts, up to an hour`(value: String, expected: Duration) {
        #expect(HTTPResponse(headers: ["Retry-After": value]).retryAfter == expected)
    }

    @Test(arguments: ["-1", "soon", "Fri, 31 Dec 1999 23:59:59 GMT"])
    func `any other Retry-After is ignored`(value: String) {
        #expect(HTTPResponse(headers: ["Retry-After": value]).retryAfter == nil)
    }
}
