public import KubernetesAPI
import Synchronization

/// Told of writes that took effect, each exactly once as long as the process lives; for metrics.
public protocol WriteObserver: Sendable {
    /// A status was replaced.
    ///
    /// - Parameters:
    ///   - metadata: Of the object before the write.
    ///   - old: The status that was there; an empty object when there was none.
    ///   - new: The status that is there now.
    func wroteStatus(of metadata: ObjectMeta, from old: JSONValue, to new: JSONValue)

    /// The server took our order to delete an object that was there.
    func deleted(_ reference: Reference)
}

/// Status writes whose answer was lost: whether they took effect shows when the object is looked at again.
final class UnconfirmedWrites: Sendable {
    private struct Write {
        var resourceVersion: String
        var old: JSONValue
        var new: JSONValue
    }

    /// By uid; more than this many are not remembered, and each is the fault of a server in trouble.
    private let writes = Mutex(RecentlyUsed<String, Write>(capacity: 1_024))

    /// Remembers that a status may have been written.
    func add(_ metadata: ObjectMeta, from old: JSONValue, to new: JSONValue) {
        let write = Write(resourceVersion: metadata.resourceVersion, old: old, new: new)
        writes.withLock { $0[metadata.uid] = write }
    }

    /// The status from before the write that the object's `status` comes from, if its answer was lost.
    func confirm(_ metadata: ObjectMeta, status: JSONValue) -> JSONValue? {
        writes.withLock { writes in
            // The same version as before says nothing: a store may lag behind.
            guard let write = writes[metadata.uid], write.resourceVersion != metadata.resourceVersion else {
                return nil
            }
            writes[metadata.uid] = nil
            guard write.new == status else { return Optional.none }
            return write.old
        }
    }

    /// Whether a write that failed like this may have taken effect all the same.
    ///
    /// A conflict may be with ourselves: the transport sends a request again when its answer was lost.
    static func mayHaveHappened(_ error: KubernetesError) -> Bool {
        switch error.reason {
        case .conflict, .unreachable, .timeout, .serverTimeout, .internalError, .serviceUnavailable, .undecodable,
            .unknown:
            true
        case .badRequest, .unauthorized, .forbidden, .notFound, .alreadyExists, .gone, .expired, .invalid,
            .methodNotAllowed, .unsupportedMediaType, .requestEntityTooLarge, .tooManyRequests:
            false
        }
    }
}
