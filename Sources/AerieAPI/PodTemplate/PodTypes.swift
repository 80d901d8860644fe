/// The types of a pod template by name, each with its fields, read once from ``PodTemplateTable``.
enum PodTypes {
    static let fields = read(PodTemplateTable.text)

    /// The fields of an object of the type; `nil` where the table has no such type, and for what is no object.
    static func fields(of type: PodFieldType) -> [String: PodFieldType]? {
        guard case .object(let name) = type else { return nil }
        return fields[name]
    }

    private static func read(_ text: String) -> [String: [String: PodFieldType]] {
        var types: [String: [String: PodFieldType]] = [:]
        var name = ""
        for line in text.split(separator: "\n") {
            guard line.first == " " else {
                name = String(line)
                continue
            }
            for entry in line.split(separator: ",") {
                let words = entry.split(separator: " ")
                guard words.count == 2 else { continue }
                types[name, default: [:]][String(words[0])] = PodFieldType(words[1])
            }
        }
        return types
    }
}
