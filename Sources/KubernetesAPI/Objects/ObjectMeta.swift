/// Identity and bookkeeping that every Kubernetes object carries.
public struct ObjectMeta: Codable, Hashable, Sendable {
    public var name: String
    /// Empty for cluster-scoped objects.
    public var namespace: String
    public var uid: String
    public var resourceVersion: String
    public var generation: Int
    public var creationTimestamp: Time?
    public var deletionTimestamp: Time?
    /// How long its processes may take to end once it is being deleted.
    public var deletionGracePeriodSeconds: Int?
    public var labels: [String: String]
    public var annotations: [String: String]
    public var ownerReferences: [OwnerReference]
    public var finalizers: [String]

    public init(
        name: String, namespace: String = "", uid: String = "", resourceVersion: String = "", generation: Int = 0,
        creationTimestamp: Time? = nil, deletionTimestamp: Time? = nil, deletionGracePeriodSeconds: Int? = nil,
        labels: [String: String] = [:], annotations: [String: String] = [:], ownerReferences: [OwnerReference] = [],
        finalizers: [String] = []
    ) {
        self.name = name
        self.namespace = namespace
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.generation = generation
        self.creationTimestamp = creationTimestamp
        self.deletionTimestamp = deletionTimestamp
        self.deletionGracePeriodSeconds = deletionGracePeriodSeconds
        self.labels = labels
        self.annotations = annotations
        self.ownerReferences = ownerReferences
        self.finalizers = finalizers
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // List metadata and objects in the making have no name.
        name = try container.decodeIfPresent(String.self, forKey: .name) ?? ""
        namespace = try container.decodeIfPresent(String.self, forKey: .namespace) ?? ""
        uid = try container.decodeIfPresent(String.self, forKey: .uid) ?? ""
        resourceVersion = try container.decodeIfPresent(String.self, forKey: .resourceVersion) ?? ""
        generation = try container.decodeIfPresent(Int.self, forKey: .generation) ?? 0
        creationTimestamp = try container.decodeIfPresent(Time.self, forKey: .creationTimestamp)
        deletionTimestamp = try container.decodeIfPresent(Time.self, forKey: .deletionTimestamp)
        deletionGracePeriodSeconds = try container.decodeIfPresent(Int.self, forKey: .deletionGracePeriodSeconds)
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        annotations = try container.decodeIfPresent([String: String].self, forKey: .annotations) ?? [:]
        ownerReferences = try container.decodeIfPresent([OwnerReference].self, forKey: .ownerReferences) ?? []
        finalizers = try container.decodeIfPresent([String].self, forKey: .finalizers) ?? []
    }

    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// The owner that manages this object, if any.
    public var controller: OwnerReference? { ownerReferences.first { $0.controller == true } }
}

/// An object whose deletion deletes this one.
public struct OwnerReference: Codable, Hashable, Sendable {
    public var apiVersion: String
    public var kind: String
    public var name: String
    public var uid: String
    public var controller: Bool?
    public var blockOwnerDeletion: Bool?

    public init(
        apiVersion: String, kind: String, name: String, uid: String, controller: Bool? = nil,
        blockOwnerDeletion: Bool? = nil
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.controller = controller
        self.blockOwnerDeletion = blockOwnerDeletion
    }

    /// The reference by which `owner` manages another object.
    public init<Owner: KubernetesObject>(controller owner: Owner) {
        self.init(
            apiVersion: Owner.resource.apiVersion, kind: Owner.resource.kind, name: owner.metadata.name,
            uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true)
    }

    public var json: JSONValue {
        JSONValue(compacting: [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name), "uid": .string(uid),
            "controller": controller.map(JSONValue.bool), "blockOwnerDeletion": blockOwnerDeletion.map(JSONValue.bool),
        ])
    }
}

/// A kind that we read: a narrow type with only the fields that code looks at.
public protocol KubernetesObject: Codable, Sendable {
    static var resource: Resource { get }
    var metadata: ObjectMeta { get }
    /// `.status` as it would be sent; `nil` when there is none.
    ///
    /// Kinds whose status we write say it without the rest of the object, which may be large.
    var statusDocument: JSONValue? { get }
}

extension KubernetesObject {
    public var statusDocument: JSONValue? { (try? JSONValue(encoding: self))?["status"] }

    public var reference: Reference { Reference(Self.resource, metadata.key) }
}
