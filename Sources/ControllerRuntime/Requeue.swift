public import KubernetesAPI

/// When a key is reconciled again without an event.
public enum Requeue: Hashable, Sendable {
    case whenSomethingChanges
    case after(Duration)
    /// After a delay that doubles with each failure in a row.
    case withBackoff
    /// Never by itself: a person has to change something first.
    case terminal

    /// The one place that says which failures are worth another try.
    public init(_ error: KubernetesError) {
        self =
            switch error.reason {
            case .notFound: .whenSomethingChanges
            case .invalid, .badRequest, .methodNotAllowed, .requestEntityTooLarge, .unsupportedMediaType: .terminal
            case .tooManyRequests: error.retryAfter.map(Requeue.after) ?? .withBackoff
            // A quota that frees up and a role that is granted make no event on the object: forbidden is tried again.
            case .conflict, .alreadyExists, .expired, .gone, .forbidden, .unauthorized, .internalError,
                .serverTimeout, .serviceUnavailable, .timeout, .unreachable, .undecodable, .unknown:
                .withBackoff
            }
    }
}
