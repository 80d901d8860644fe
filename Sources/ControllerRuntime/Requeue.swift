public import KubernetesAPI

/// When a key is reconciled again without an event.
public enum Requeue: Hashable, Sendable {
    case whenSomethingChanges
    case after(Duration)
    /// After a delay that doubles with each failure in a row, up to a minute.
    case withBackoff
    /// When no other key waits: what is left to do only tidies up.
    case tidying

    /// The one place that says when a plan that failed is tried again.
    ///
    /// There is always another try, since whatever refuses a plan may change its mind without an event on the object: an
    /// admission policy goes, a quota frees up, a kind is installed again.
    public init(_ error: KubernetesError) {
        switch (error.reason, error.retryAfter) {
        case (.tooManyRequests, let wait?): self = .after(max(.seconds(1), min(wait, .seconds(60))))
        default: self = .withBackoff
        }
    }
}
