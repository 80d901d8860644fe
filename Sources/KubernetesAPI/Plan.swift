/// An object as it shall be: what a create or a server-side apply sends.
public struct Manifest: Hashable, Sendable {
    public var reference: Reference
    /// The whole document, with `apiVersion`, `kind` and `metadata`.
    public var body: JSONValue

    /// Completes `body` with `apiVersion`, `kind`, name and namespace.
    public init(_ reference: Reference, _ body: JSONValue) {
        self.reference = reference
        var complete = body
        complete["apiVersion"] = .string(reference.resource.apiVersion)
        complete["kind"] = .string(reference.resource.kind)
        var metadata = complete["metadata"] ?? [:]
        metadata["name"] = .string(reference.key.name)
        if reference.resource.isNamespaced { metadata["namespace"] = .string(reference.key.namespace) }
        complete["metadata"] = metadata
        self.body = complete
    }
}

/// What shall be done about an object: the answer of a decision.
///
/// A plain value, so that decisions are tested by comparing plans. One executor carries every plan out: the status and
/// the actions in the plan's ``order-swift.property``, then the events, which are sent only if what they tell of could
/// be done. Every step is idempotent, so a plan that was cut off may be carried out again.
public struct Plan: Hashable, Sendable {
    public enum Order: Hashable, Sendable {
        /// The status, then the actions one after the other: anything counted is on record before it is acted on, and
        /// nothing is done on an old version of the object.
        case statusFirst
        /// The actions, then the status, whether they could be done or not; for a status that records nothing which
        /// the actions depend on.
        case statusLast
        /// The status, then the actions, which may wait for a later turn: they only tidy up, and nothing depends on when.
        case tidying
    }

    public enum Action: Hashable, Sendable {
        /// Creates an object with a deterministic name; one that is there already and has the same controller is fine.
        case create(Manifest)
        /// Makes an object what the manifest says: creates it, or applies the manifest under our field manager to the one
        /// that is there, if that belongs to the plan's object or to one of its ``Plan/predecessors``. Anybody else's
        /// stays as it is, and the action fails.
        case apply(Manifest)
        /// JSON merge patch of the object that has this uid.
        case patch(Reference, uid: String, JSONValue)
        /// Deletes an object if it still has this uid; one that is gone is fine.
        case delete(Reference, uid: String, gracePeriodSeconds: Int? = nil)

        /// The object that it is done to.
        public var reference: Reference {
            switch self {
            case .create(let manifest), .apply(let manifest): manifest.reference
            case .patch(let reference, _, _), .delete(let reference, _, _): reference
            }
        }
    }

    public enum EventType: String, Hashable, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    /// Something worth telling a person who runs `kubectl describe`.
    public struct Event: Hashable, Sendable {
        public var type: EventType
        /// Stable CamelCase.
        public var reason: String
        public var message: String
        /// The index of the action that the event tells of; `nil`: it tells of the object itself, and is sent though an
        /// action fails, because the status that was written says that it is no news any more.
        public var action: Int?

        public init(_ type: EventType, reason: String, message: String, action: Int? = nil) {
            self.type = type
            self.reason = reason
            self.message = message
            self.action = action
        }
    }

    /// The whole `.status` as it shall be; `nil` leaves it as it is.
    ///
    /// Written only when it differs from what is stored, against the `resourceVersion` that was observed: if someone
    /// else changed the object since, it is not written, what follows does not happen, and the key is reconciled again.
    public var status: JSONValue?
    public var order: Order
    public var actions: [Action]
    public var events: [Event]
    /// When to look again even if nothing changes.
    public var requeueAfter: Duration?
    /// The uids of other objects that ``Action/apply(_:)`` may take children over from.
    public var predecessors: Set<String>

    public init(
        status: JSONValue? = nil, order: Order = .statusFirst, actions: [Action] = [], events: [Event] = [],
        requeueAfter: Duration? = nil, predecessors: Set<String> = []
    ) {
        self.predecessors = predecessors
        self.status = status
        self.order = order
        self.actions = actions
        self.events = events
        self.requeueAfter = requeueAfter
    }

    public static let nothing = Plan()

    /// The actions and their events alone.
    public var withoutStatus: Plan {
        Plan(
            order: order, actions: actions, events: events.filter { $0.action != nil }, requeueAfter: requeueAfter,
            predecessors: predecessors)
    }

    /// The status and what it tells of alone.
    public var withoutActions: Plan {
        Plan(status: status, order: order, events: events.filter { $0.action == nil }, requeueAfter: requeueAfter)
    }
}
