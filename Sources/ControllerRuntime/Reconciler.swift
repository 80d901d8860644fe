public import KubernetesAPI

/// One kind's control loop: read everything, decide, carry out.
///
/// `decide` is static and synchronous, so it cannot reach a client, a clock or a logger.
public protocol Reconciler: Sendable {
    /// The kind that is reconciled.
    associatedtype Object: KubernetesObject
    associatedtype Observed: Sendable

    /// Reads all that a decision needs from the stores.
    ///
    /// - Parameters:
    ///   - key: which object.
    ///   - now: the time of the decision.
    ///   - lastFailure: why the previous plan of this key could not be carried out, if it could not.
    /// - Returns: `nil` when the object is gone.
    /// - Returns: The object and everything that may matter for it, as of one moment.
    func observe(_ key: ObjectKey, now: Time, lastFailure: KubernetesError?) -> (object: Object, observed: Observed)?

    static func decide(_ observed: Observed) -> Plan
}
