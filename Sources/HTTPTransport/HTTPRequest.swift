/// A request as a value: built and compared without sending it.
public struct HTTPRequest: Sendable {
    public enum Method: String, Hashable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether sending the request twice has the effect of sending it once (RFC 9110, section 9.2.2).
        public var isIdempotent: Bool { self != .post && self != .patch }
    }

    public var method: Method
    /// Absolute, percent-encoded.
    public var url: String
    public var headers: HTTPHeaders
    public var body: HTTPBody
    /// Longest time from sending to the response's head, the upload included.
    ///
    /// `nil` waits as long as the connection lives. The body that follows is bounded by the transport's idle time and by
    /// ``HTTPResponse/collect(upTo:)``.
    public var timeout: Duration?
    /// Whether the response may be silent for longer than the transport's maximum idle time, as a followed log is.
    ///
    /// A dead connection is then noticed by nobody.
    public var mayBeIdle: Bool
    /// Follow 301, 302, 303, 307 and 308 of a GET or HEAD, at most five times, never from https to http; credentials
    /// are left out as soon as the host changes.
    public var followsRedirects: Bool
    /// Shown instead of the transport's own, for certificates that are renewed while the program runs.
    public var clientCertificate: TLSOptions.ClientCertificate?

    public init(
        _ method: Method = .get, _ url: String, headers: HTTPHeaders = [:], body: HTTPBody = .empty,
        timeout: Duration? = .seconds(30), mayBeIdle: Bool = false, followsRedirects: Bool = false,
        clientCertificate: TLSOptions.ClientCertificate? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.mayBeIdle = mayBeIdle
        self.followsRedirects = followsRedirects
        self.clientCertificate = clientCertificate
    }
}
