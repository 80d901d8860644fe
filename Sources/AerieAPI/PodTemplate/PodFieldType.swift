/// What stands in a field of a pod template, as ``PodTemplateTable`` writes it.
indirect enum PodFieldType: Hashable, Sendable {
    case string, boolean, int32, int64
    /// An amount with a unit, or a number.
    case quantity
    /// A number of 32 bits, or a text: a port or a percentage.
    case intOrString
    /// A moment in RFC 3339.
    case time
    /// An object of any form.
    case any
    case list(PodFieldType)
    case map(PodFieldType)
    /// An object with the fields of this type of the table.
    case object(String)

    /// The whole template.
    static let template = PodFieldType.object("PodTemplateSpec")

    /// Reads `string`, `Container`, `[Container]`, `{quantity}`.
    init(_ text: Substring) {
        switch (text.first, text.last) {
        case ("[", "]"): self = .list(PodFieldType(text.dropFirst().dropLast()))
        case ("{", "}"): self = .map(PodFieldType(text.dropFirst().dropLast()))
        default: self = Self.values[text] ?? .object(String(text))
        }
    }

    private static let values: [Substring: PodFieldType] = [
        "string": .string, "boolean": .boolean, "int32": .int32, "int64": .int64, "quantity": .quantity,
        "intOrString": .intOrString, "time": .time, "any": .any,
    ]
}
