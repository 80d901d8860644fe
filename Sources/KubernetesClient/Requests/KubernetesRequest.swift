public import HTTPTransport
public import KubernetesAPI

/// One request to an API server, without the server's address and credentials.
public struct KubernetesRequest: Hashable, Sendable {
    public enum ContentType: String, Hashable, Sendable {
        case json = "application/json"
        case mergePatch = "application/merge-patch+json"
        /// Server-side apply takes YAML, of which JSON is a part.
        case apply = "application/apply-patch+yaml"
    }

    public struct QueryItem: Hashable, Sendable {
        public var name: String
        public var value: String
    }

    public var method: HTTPRequest.Method
    /// Starts with a slash; percent-encoded.
    public var path: String
    public var query: [QueryItem] = []
    public var body: JSONValue?
    public var contentType = ContentType.json
    /// Until the head of the response.
    public var timeout = Duration.seconds(30)
    public var mayBeIdle = false
    /// Verb and object, for error messages: `create Pod default/a`.
    public var subject: String

    public init(_ method: HTTPRequest.Method, path: String, subject: String) {
        self.method = method
        self.path = path
        self.subject = subject
    }

    mutating func add(_ name: String, _ value: String?) {
        if let value { query.append(QueryItem(name: name, value: value)) }
    }

    /// The request as it goes over the wire.
    public func httpRequest(server: String, token: String?, userAgent: String) -> HTTPRequest {
        let base = server.hasSuffix("/") ? String(server.dropLast()) : server
        let items = query.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }
        var headers: HTTPHeaders = ["Accept": "application/json", "User-Agent": userAgent]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        if body != nil { headers["Content-Type"] = contentType.rawValue }
        return HTTPRequest(
            method, base + path + (items.isEmpty ? "" : "?" + items.joined(separator: "&")), headers: headers,
            body: body.map { HTTPBody($0.serialized) } ?? .empty, timeout: timeout, mayBeIdle: mayBeIdle)
    }
}

/// Escapes all but the unreserved characters of RFC 3986.
func percentEncoded(_ text: String) -> String {
    let hexadecimal = Array("0123456789ABCDEF".utf8)
    var output: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            output.append(byte)
        default: output += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
        }
    }
    return String(decoding: output, as: UTF8.self)
}
