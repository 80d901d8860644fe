/// Parts that several kinds share.
extension Schema {
    /// `status.conditions` as most Kubernetes kinds have them, told apart by type.
    public static let conditions = conditions([
        "observedGeneration": .integer("The generation of the spec that this was computed from.", .exact)
    ])

    /// `status.conditions` with further fields.
    public static func conditions(_ further: KeyValuePairs<String, Schema>) -> Schema {
        var fields: [(String, Schema)] = [
            ("type", .string("What this is about, such as `Running` or `Succeeded`.", maxLength: 64).required),
            ("status", .enumeration("Whether it holds.", ["True", "False", "Unknown"]).required),
            ("reason", .string("Why, as one stable CamelCase word for programs.", maxLength: 128)),
            ("message", .string("Why, as a sentence for people.", maxLength: 4096)),
            ("lastTransitionTime", .time("When the status last changed.")),
        ]
        fields += further.map { ($0.key, $0.value) }
        return .array(
            "What is true of this object right now; `kubectl wait --for=condition=…` waits for one of them.",
            of: .object("One aspect of the object's state.", fields: fields), maxItems: 16, listType: .map(["type"]))
    }

    /// The generation that the controller has seen, in every status.
    public static let observedGeneration = Schema.integer(
        "The generation of the spec that this status belongs to; older than `metadata.generation` means not yet seen.",
        .exact)

    /// A pod template, of which nothing is dropped.
    ///
    /// The template stays open on purpose: fields of newer clusters pass through, and the pod itself is validated by
    /// the API server when it is created.
    public static func podTemplate(_ description: String) -> Schema { opaque(description) }
}
