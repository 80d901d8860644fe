/// A JSON document as it is written: members in their order and perhaps twice, numbers as their digits.
///
/// What no reader keeps apart can be told here, so that readers can be fed with it.
public indirect enum Document: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: Document

        public init(_ name: String, _ value: Document) {
            self.name = name
            self.value = value
        }
    }

    /// A number, `true`, `false`, `null`, or what only resembles them.
    case token(String)
    case text(String)
    case list([Document])
    case members([Member])
}

extension Document: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .token(String(value)) }
    public init(floatLiteral value: Double) { self = .token(String(value)) }
    public init(booleanLiteral value: Bool) { self = .token(String(value)) }
    public init(arrayLiteral elements: Document...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, Document)...) {
        self = .members(elements.map { Member($0.0, $0.1) })
    }
}

extension Document {
    /// The first member of this name; setting `nil` removes it.
    public subscript(_ name: String) -> Document? {
        get {
            guard case .members(let members) = self else { return nil }
            return members.first { $0.name == name }?.value
        }
        set {
            guard case .members(var members) = self else { return }
            if let index = members.firstIndex(where: { $0.name == name }) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
            } else if let newValue {
                members.append(Member(name, newValue))
            }
            self = .members(members)
        }
    }

    /// The document with the value at a path replaced: `set("spec.parameters.0.int.min", 8)`.
    ///
    /// Members that are missing are made; what is no object or list on the way stays as it is.
    public mutating func set(_ path: String, _ value: Document) {
        set(path.split(separator: ".").map(String.init)[...], value)
    }

    private mutating func set(_ path: ArraySlice<String>, _ value: Document) {
        guard let first = path.first else {
            self = value
            return
        }
        if case .list(var elements) = self, let index = Int(first), elements.indices.contains(index) {
            elements[index].set(path.dropFirst(), value)
            self = .list(elements)
        } else {
            var member = self[first] ?? [:]
            member.set(path.dropFirst(), value)
            self[first] = member
        }
    }

    /// The document as JSON, on one line.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .token(let token): bytes += token.utf8
        case .text(let text): Self.write(text, to: &bytes)
        case .list(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .members(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: bytes += Array((byte < 16 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
