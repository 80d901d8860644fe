package import BoundedHTTP
import HTTPTypes
import KubernetesAPI
package import TensorFlow

extension HTTPFailure {
    /// What a failure means over HTTP: TensorFlow Serving's table.
    package init(_ error: TFError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .invalidArgument, .failedPrecondition, .outOfRange: .badRequest
            case .unauthenticated: .unauthorized
            case .permissionDenied: .forbidden
            case .notFound: .notFound
            case .alreadyExists, .aborted: .conflict
            case .resourceExhausted: .tooManyRequests
            case .cancelled: HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")
            case .unimplemented: .notImplemented
            case .unavailable: .serviceUnavailable
            case .deadlineExceeded: .gatewayTimeout
            case .unknown, .internal, .dataLoss: .internalServerError
            }
        self.init(status, error.message)
        // What is busy or loading now is worth another try soon.
        if status == .serviceUnavailable || status == .tooManyRequests { headers[.retryAfter] = "1" }
    }

    /// The body of the response.
    package var json: [UInt8] { JSONValue.object(["error": JSONValue(message)]).serialized }
}
