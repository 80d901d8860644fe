/// Which objects of a kind to list or watch.
public struct Selection: Hashable, Sendable {
    /// `nil` for all namespaces, and for cluster-scoped kinds.
    public var namespace: String?
    /// As in `kubectl get -l`: `app=web,tier in (a,b)`.
    public var labelSelector: String?
    /// As in `kubectl get --field-selector`: `spec.nodeName=node1`.
    public var fieldSelector: String?

    public init(namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil) {
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
    }

    public static let everything = Selection()
}

/// How to delete, and on what condition.
public struct DeleteOptions: Hashable, Sendable {
    public enum Propagation: String, Hashable, Sendable {
        case orphan = "Orphan"
        case background = "Background"
        case foreground = "Foreground"
    }

    /// Deletes only this incarnation of the name.
    public var uid: String?
    /// Deletes only this version.
    public var resourceVersion: String?
    public var propagation: Propagation?
    /// Seconds; `nil` takes the object's own.
    public var gracePeriodSeconds: Int?

    public init(
        uid: String? = nil, resourceVersion: String? = nil, propagation: Propagation? = nil,
        gracePeriodSeconds: Int? = nil
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagation = propagation
        self.gracePeriodSeconds = gracePeriodSeconds
    }
}

/// Which part of a container's log to read.
public struct LogOptions: Hashable, Sendable {
    /// Needed only in pods with more than one container.
    public var container: String?
    /// Keep the response open and send lines as they are written.
    public var follow: Bool
    /// Start with this many last lines; `nil` starts at the beginning.
    public var tailLines: Int?
    public var sinceSeconds: Int?
    /// End after this many bytes.
    public var limitBytes: Int?
    /// The log of the container's last run before this one.
    public var previous: Bool
    public var timestamps: Bool

    public init(
        container: String? = nil, follow: Bool = false, tailLines: Int? = nil, sinceSeconds: Int? = nil,
        limitBytes: Int? = nil, previous: Bool = false, timestamps: Bool = false
    ) {
        self.container = container
        self.follow = follow
        self.tailLines = tailLines
        self.sinceSeconds = sinceSeconds
        self.limitBytes = limitBytes
        self.previous = previous
        self.timestamps = timestamps
    }
}
