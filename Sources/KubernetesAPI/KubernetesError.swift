/// Why a request to the API server failed, in the API's own words (`Status.reason`).
public struct KubernetesError: Error, Hashable, Sendable {
    public enum Reason: String, Sendable, CaseIterable {
        case badRequest = "BadRequest"
        case unauthorized = "Unauthorized"
        case forbidden = "Forbidden"
        case notFound = "NotFound"
        case alreadyExists = "AlreadyExists"
        case conflict = "Conflict"
        case gone = "Gone"
        case expired = "Expired"
        case invalid = "Invalid"
        case methodNotAllowed = "MethodNotAllowed"
        case unsupportedMediaType = "UnsupportedMediaType"
        case requestEntityTooLarge = "RequestEntityTooLarge"
        case tooManyRequests = "TooManyRequests"
        case internalError = "InternalError"
        case serverTimeout = "ServerTimeout"
        case serviceUnavailable = "ServiceUnavailable"
        case timeout = "Timeout"
        /// No answer came: refused, reset or timed out. Not a Kubernetes reason.
        case unreachable = "Unreachable"
        /// An answer came that makes no sense. Not a Kubernetes reason.
        case undecodable = "Undecodable"
        /// The server gave a reason that is not in this list.
        case unknown = "Unknown"
    }

    public var reason: Reason
    /// Names the object and the problem; fit for a condition or a log line.
    public var message: String
    /// The HTTP status; 0 when no answer came.
    public var code: Int
    /// The server's `Retry-After`, when it sent one.
    public var retryAfter: Duration?

    public init(_ reason: Reason, _ message: String = "", code: Int = 0, retryAfter: Duration? = nil) {
        self.reason = reason
        self.message = message
        self.code = code
        self.retryAfter = retryAfter
    }
}

extension KubernetesError: CustomStringConvertible {
    public var description: String { message.isEmpty ? reason.rawValue : "\(reason.rawValue): \(message)" }
}
