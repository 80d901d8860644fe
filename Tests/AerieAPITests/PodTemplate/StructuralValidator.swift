import KubernetesAPI

/// What an API server refuses by a structural schema: types, bounds and nulls; words and patterns are not looked at.
enum StructuralValidator {
    /// The places of a document that the schema does not allow, each once.
    static func refusals(of value: JSONValue, by schema: JSONValue, at path: String = "") -> [String] {
        if value.isNull { return schema["nullable"] == true ? [] : [path] }
        guard isOfType(value, schema) else { return [path] }
        if let number = value.doubleValue {
            if let least = schema["minimum"]?.doubleValue, number < least { return [path] }
            if let most = schema["maximum"]?.doubleValue, number > most { return [path] }
        }
        var refusals: [String] = []
        for (name, member) in value.objectValue ?? [:] {
            guard let below = schema["properties"]?[name] ?? schema["additionalProperties"] else { continue }
            refusals += Self.refusals(of: member, by: below, at: path.isEmpty ? name : "\(path).\(name)")
        }
        for element in value.arrayValue ?? [] {
            guard let below = schema["items"] else { continue }
            refusals += Self.refusals(of: element, by: below, at: "\(path)[]")
        }
        return refusals
    }

    private static func isOfType(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        if schema["x-kubernetes-int-or-string"] == true { return value.intValue != nil || value.stringValue != nil }
        return switch schema["type"]?.stringValue {
        case "string": value.stringValue != nil
        case "boolean": value.boolValue != nil
        case "integer": value.intValue != nil
        case "number": value.doubleValue != nil
        case "array": value.arrayValue != nil
        case "object": value.objectValue != nil
        default: true
        }
    }
}
