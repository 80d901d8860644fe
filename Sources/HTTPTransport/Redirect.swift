import FoundationEssentials

/// Where a response sends the client, and what may be sent there.
struct Redirect {
    static let limit = 5

    var original: HTTPRequest
    var location: String

    /// `nil` when the response is no redirect that the request wants followed.
    init?(of request: HTTPRequest, by response: HTTPResponse) {
        guard request.followsRedirects, request.method == .get || request.method == .head,
            [301, 302, 303, 307, 308].contains(response.status), let location = response.headers["location"]
        else { return nil }
        original = request
        self.location = location
    }

    /// The request to send instead.
    ///
    /// - Throws: ``HTTPTransportError/Code/redirect`` for a target that would weaken what the first request promised.
    func request(showsClientCertificate: Bool) throws(HTTPTransportError) -> HTTPRequest {
        guard let base = URL(string: original.url), let target = URL(string: location, relativeTo: base)?.absoluteURL,
            let scheme = target.scheme, ["http", "https"].contains(scheme)
        else { throw HTTPTransportError(.redirect, "\(original.url) redirects to \(location), which is no URL") }
        guard base.scheme == "http" || scheme == "https" else {
            throw HTTPTransportError(.redirect, "\(original.url) redirects from https to http")
        }
        var request = original
        request.url = target.absoluteString
        if (base.host, base.port, base.scheme) != (target.host, target.port, target.scheme) {
            guard !showsClientCertificate else {
                throw HTTPTransportError(.redirect, "\(original.url) redirects a client certificate to another host")
            }
            for name in ["authorization", "cookie", "proxy-authorization"] { request.headers[name] = nil }
        }
        return request
    }
}
