public import KubernetesAPI

/// Where events about objects go.
///
/// Telling people is best effort: an implementation may drop or aggregate events and never fails a reconcile.
public protocol EventSink: Sendable {
    func record(_ event: Plan.Event, about object: InvolvedObject) async
}

/// The object that an event is about.
public struct InvolvedObject: Hashable, Sendable {
    public var reference: Reference
    public var uid: String
    public var resourceVersion: String

    public init(_ object: some KubernetesObject) {
        self.init(
            reference: object.reference, uid: object.metadata.uid, resourceVersion: object.metadata.resourceVersion)
    }

    public init(reference: Reference, uid: String, resourceVersion: String) {
        self.reference = reference
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
}
