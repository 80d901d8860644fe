import HTTPTransport
import KubernetesAPI

extension KubernetesError {
    /// Reads a `Status` document; anything else is judged by the HTTP status alone.
    ///
    /// A long message, such as one that repeats a value of a megabyte, loses its middle: what is wrong is said at its
    /// beginning, and what would be right at its end.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - body: Of the response, or the object of a watch event of type `ERROR`.
    ///   - retryAfter: From the header.
    ///   - subject: Verb and object of the request.
    init(status: Int, body: JSONValue?, retryAfter: Duration? = nil, subject: String) {
        let document = body?["kind"]?.stringValue == "Status" ? body : nil
        let code = document?["code"]?.intValue ?? status
        let reason = document?["reason"]?.stringValue.flatMap(Reason.init(rawValue:)) ?? Reason(status: code)
        let problem =
            document?["message"]?.stringValue.map(Self.shortened) ?? "the server answered with HTTP status \(code)"
        let seconds = document?["details"]?["retryAfterSeconds"]?.intValue
        self.init(
            reason, "\(subject): \(problem)", code: code,
            retryAfter: retryAfter ?? seconds.map { .seconds(max(0, min($0, 3_600))) })
    }

    private static func shortened(_ message: String) -> String {
        guard message.utf8.count > 8_192 else { return message }
        return String(message.unicodeScalars.prefix(1_500)) + " … " + String(message.unicodeScalars.suffix(500))
    }

    init(_ error: HTTPTransportError, subject: String) {
        let reason: Reason = error.code == .tooLarge || error.code == .invalid ? .undecodable : .unreachable
        self.init(reason, "\(subject): \(error.message)")
    }
}

extension KubernetesError.Reason {
    /// What an HTTP status means when the server gives no reason.
    fileprivate init(status: Int) {
        self =
            switch status {
            case 400: .badRequest
            case 401: .unauthorized
            case 403: .forbidden
            case 404: .notFound
            case 405: .methodNotAllowed
            case 409: .conflict
            case 410: .expired
            case 413: .requestEntityTooLarge
            case 415: .unsupportedMediaType
            case 422: .invalid
            case 429: .tooManyRequests
            case 500, 502: .internalError
            case 503: .serviceUnavailable
            case 504: .timeout
            default: .unknown
            }
    }
}
