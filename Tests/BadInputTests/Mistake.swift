import KubernetesAPI

/// A value that the schema of a field does not allow, and an object that has it there.
struct Mistake: Sendable {
    /// One step from an object to a value inside it.
    enum Step: Hashable, Sendable {
        case member(String)
        case element
    }

    /// What is wrong, as a person would say it.
    let what: String
    let path: [Step]
    let value: JSONValue

    /// As Kubernetes writes paths: `spec.parameters[0].name`.
    var field: String {
        path.reduce("") { text, step in
            switch step {
            case .member(let name): text.isEmpty ? name : "\(text).\(name)"
            case .element: "\(text)[0]"
            }
        }
    }

    /// The field and what is wrong with it.
    var sentence: String { "\(field): \(what)" }

    /// An object with nothing but the way to the wrong value.
    var object: JSONValue {
        path.reversed().reduce(value) { inner, step in
            switch step {
            case .member(let name): [name: inner]
            case .element: [inner]
            }
        }
    }
}

extension Mistake {
    /// Every mistake that can be made in a value of the schema and below it: types, bounds, lengths, words, patterns.
    static func all(in schema: JSONValue, at path: [Step]) -> [Mistake] {
        own(of: schema, at: path) + below(schema, at: path)
    }

    private static func below(_ schema: JSONValue, at path: [Step]) -> [Mistake] {
        var found: [Mistake] = []
        for (name, member) in (schema["properties"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            found += all(in: member, at: path + [.member(name)])
        }
        if let values = schema["additionalProperties"], values.objectValue != nil {
            // Long enough for any rule about keys, and a name that every kind allows.
            found += all(in: values, at: path + [.member("Worker")])
        }
        if let items = schema["items"] { found += all(in: items, at: path + [.element]) }
        return found
    }

    private static func own(of schema: JSONValue, at path: [Step]) -> [Mistake] {
        func mistake(_ what: String, _ value: JSONValue) -> Mistake { Mistake(what: what, path: path, value: value) }
        var found: [Mistake] = []
        if schema["x-kubernetes-int-or-string"]?.boolValue == true {
            return [mistake("neither a number nor a text", true)] + bounds(schema).map { mistake($0.0, .number($0.1)) }
        }
        switch schema["type"]?.stringValue {
        case "string":
            found.append(mistake("a number instead of a text", 7))
            found += text(schema).map { mistake($0.0, .string($0.1)) }
        case "integer":
            found += [mistake("a text instead of a number", "seven"), mistake("a fraction", 1.5)]
            found.append(mistake("a number of more than 64 bits", 1e300))
            found += bounds(schema).map { mistake($0.0, .number($0.1)) }
        case "number":
            found.append(mistake("a text instead of a number", "seven"))
            found += bounds(schema).map { mistake($0.0, .number($0.1)) }
        case "boolean":
            found.append(mistake("a text instead of true or false", "yes"))
        case "array":
            found.append(mistake("an object instead of a list", [:]))
            if let least = schema["minItems"]?.intValue, least > 0 { found.append(mistake("too short a list", [])) }
        case "object":
            found.append(mistake("a text instead of an object", "all of it"))
        default: break
        }
        return found
    }

    private static func text(_ schema: JSONValue) -> [(String, String)] {
        var found: [(String, String)] = []
        if schema["enum"] != nil { found.append(("a word that there is not", "Nonsense")) }
        if schema["pattern"] != nil { found.append(("a text of another form", "\n")) }
        if schema["format"]?.stringValue == "date-time" { found.append(("no moment", "tomorrow")) }
        if schema["format"]?.stringValue == "date-time", schema["pattern"] != nil {
            found.append(("a moment without zone", "2026-01-02T03:04:05"))
        }
        if let most = schema["maxLength"]?.intValue {
            found.append(("too long a text", String(repeating: "a", count: most + 1)))
        }
        if let least = schema["minLength"]?.intValue, least > 0 { found.append(("an empty text", "")) }
        return found
    }

    private static func bounds(_ schema: JSONValue) -> [(String, Double)] {
        var found: [(String, Double)] = []
        if let least = schema["minimum"]?.doubleValue { found.append(("too small a number", least - 1)) }
        // Above this, one more is the same number.
        if let most = schema["maximum"]?.doubleValue, most < 1e15 { found.append(("too large a number", most + 1)) }
        return found
    }
}
