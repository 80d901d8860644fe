public import KubernetesAPI

/// Reads YAML documents as Kubernetes tools do.
///
/// Plain scalars follow YAML 1.2's core schema (`true`, `null`, `12`, `1e-4`); everything in quotes is a string. Names
/// of members must be strings and must not repeat. Aliases are expanded; a text whose expansion has more than
/// ``maximumNodes`` values is refused, so that a small file cannot fill the memory.
public enum YAMLReader {
    public static let maximumNodes = 1_000_000
    public static let maximumDepth = 100

    /// All documents of the text; empty documents are left out.
    public static func documents(_ text: some Collection<UInt8>) throws(YAMLError) -> [JSONValue] {
        var composer = Composer(events: try YAMLEvents(text))
        return try composer.documents()
    }

    public static func documents(_ text: String) throws(YAMLError) -> [JSONValue] { try documents(Array(text.utf8)) }

    /// The only document of the text; `null` where there is none.
    public static func document(_ text: some Collection<UInt8>) throws(YAMLError) -> JSONValue {
        let documents = try documents(text)
        guard documents.count <= 1 else { throw YAMLError("expected one document", line: 1, column: 1) }
        return documents.first ?? .null
    }
}

/// Puts events together to values.
private struct Composer {
    let events: YAMLEvents
    var anchors: [String: (value: JSONValue, nodes: Int)] = [:]
    var nodes = 0

    init(events: YAMLEvents) { self.events = events }

    mutating func documents() throws(YAMLError) -> [JSONValue] {
        var documents: [JSONValue] = []
        while true {
            switch try events.next() {
            case .streamEnd: return documents
            case .documentStart:
                anchors = [:]
                let value = try value(of: try events.next(), depth: 0)
                if value != .null { documents.append(value) }
            default: continue
            }
        }
    }

    private mutating func value(of event: YAMLEvent, depth: Int) throws(YAMLError) -> JSONValue {
        guard depth < YAMLReader.maximumDepth else {
            throw events.error("nested deeper than \(YAMLReader.maximumDepth) levels")
        }
        let before = nodes
        nodes += 1
        let (value, anchor): (JSONValue, String?)
        switch event {
        case .alias(let name):
            guard let known = anchors[name] else { throw events.error("unknown anchor \(name)") }
            try count(known.nodes)
            return known.value
        case .scalar(let text, let isPlain, let tag, let scalarAnchor):
            (value, anchor) = (scalar(text, isPlain: isPlain, tag: tag), scalarAnchor)
        case .sequenceStart(let sequenceAnchor): (value, anchor) = (try sequence(depth: depth), sequenceAnchor)
        case .mappingStart(let mappingAnchor): (value, anchor) = (try mapping(depth: depth), mappingAnchor)
        default: throw events.error("expected a value")
        }
        try count(0)
        if let anchor { anchors[anchor] = (value, nodes - before) }
        return value
    }

    private mutating func count(_ more: Int) throws(YAMLError) {
        nodes += more
        guard nodes <= YAMLReader.maximumNodes else {
            throw events.error("the document has more than \(YAMLReader.maximumNodes) values")
        }
    }

    private mutating func sequence(depth: Int) throws(YAMLError) -> JSONValue {
        var elements: [JSONValue] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event { return .array(elements) }
            elements.append(try value(of: event, depth: depth + 1))
        }
    }

    private mutating func mapping(depth: Int) throws(YAMLError) -> JSONValue {
        var members: [String: JSONValue] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event { return .object(members) }
            guard case .scalar(let name, _, _, _) = event else {
                throw events.error("a member's name must be a string")
            }
            guard members[name] == nil else { throw events.error("the member \(name) is there twice") }
            members[name] = try value(of: try events.next(), depth: depth + 1)
        }
    }

    private func scalar(_ text: String, isPlain: Bool, tag: String?) -> JSONValue {
        guard isPlain, tag == nil else { return .string(text) }
        return plainScalar(text)
    }
}

/// YAML 1.2 core schema, section 10.3.2.
func plainScalar(_ text: String) -> JSONValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    guard let first = text.utf8.first, first < UInt8(ascii: ":"), !text.contains("_") else { return .string(text) }
    if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map(JSONValue.integer) ?? .string(text) }
    if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map(JSONValue.integer) ?? .string(text) }
    if let whole = Int64(text) { return .integer(whole) }
    let isNumber = text.utf8.allSatisfy { "+-.0123456789eE".utf8.contains($0) }
    if isNumber, let number = Double(text), number.isFinite { return .number(number) }
    return .string(text)
}
