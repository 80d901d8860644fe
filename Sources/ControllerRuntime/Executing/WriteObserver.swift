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

    /// More than this many are not remembered; each is the fault of a server in trouble.
    private static let capacity = 4_096

    private let writes = Mutex<[String: Write]>([:])

    /// Remembers that a status may have been written.
    func add(_ metadata: ObjectMeta, from old: JSONValue, to new: JSONValue) {
        writes.withLock { writes in
            if writes.count >= Self.capacity { writes = [:] }
            writes[metadata.uid] = Write(resourceVersion: metadata.resourceVersion, old: old, new: new)
        }
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
