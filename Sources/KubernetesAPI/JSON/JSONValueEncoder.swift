/// Encodes `Codable` types straight into a tree.
///
/// A class because `Encoder` hands out containers that outlive the call and write back into it; it never leaves the
/// thread that called ``JSONValue/init(encoding:)``.
final class JSONValueEncoder: Encoder {
    /// What was written so far; containers that are still open are resolved when the whole is read.
    fileprivate enum Content {
        case nothing
        case single(JSONValue)
        case keyed([(key: String, value: Content)])
        case unkeyed([Content])
        case open(JSONValueEncoder)
    }

    let codingPath: [any CodingKey]
    fileprivate var content = Content.nothing
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(codingPath: [any CodingKey] = []) { self.codingPath = codingPath }

    /// What was encoded; an empty object when nothing was.
    var value: JSONValue {
        get { content.value }
        set { content = .single(newValue) }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .keyed = content {} else { content = .keyed([]) }
        return KeyedEncodingContainer(KeyedJSON(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .unkeyed = content {} else { content = .unkeyed([]) }
        return UnkeyedJSON(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleJSON(encoder: self) }

    fileprivate func set(_ content: Content, for key: any CodingKey) {
        guard case .keyed(var members) = self.content else { return }
        // Out of the storage while it changes, so that it is not copied.
        self.content = .nothing
        members.append((key.stringValue, content))
        self.content = .keyed(members)
    }

    fileprivate func append(_ element: Content) {
        guard case .unkeyed(var elements) = content else { return }
        content = .nothing
        elements.append(element)
        content = .unkeyed(elements)
    }

    fileprivate var count: Int {
        if case .unkeyed(let elements) = content { elements.count } else { 0 }
    }

    /// A value below this one.
    fileprivate func content(of newValue: some Encodable, at key: any CodingKey) throws -> Content {
        if let scalar = try Self.scalar(newValue, at: codingPath, key) { return .single(scalar) }
        let child = open(at: key)
        try newValue.encode(to: child)
        return child.content
    }

    /// A value that is encoded without a container; `nil` for any other.
    fileprivate static func scalar(
        _ value: some Encodable, at codingPath: [any CodingKey], _ key: (any CodingKey)? = nil
    ) throws -> JSONValue? {
        switch value {
        case let text as String: return .string(text)
        case let tree as JSONValue: return tree
        case let flag as Bool: return .bool(flag)
        case let number as Double: return .number(number)
        case let number as Float: return .number(Double(number))
        case let number as any FixedWidthInteger:
            guard let whole = Int64(exactly: number) else {
                throw EncodingError.invalidValue(
                    value,
                    .init(
                        codingPath: codingPath + (key.map { [$0] } ?? []),
                        debugDescription: "the number does not fit 64 bits"))
            }
            return .integer(whole)
        default: return nil
        }
    }

    fileprivate func open(at key: any CodingKey) -> JSONValueEncoder {
        JSONValueEncoder(codingPath: codingPath + [key])
    }
}

extension JSONValueEncoder.Content {
    var value: JSONValue {
        switch self {
        case .nothing: .object([:])
        case .single(let value): value
        case .keyed(let members): .object(JSONObject(members.map { .init(key: $0.key, value: $0.value.value) }))
        case .unkeyed(let elements): .array(elements.map(\.value))
        case .open(let encoder): encoder.value
        }
    }
}

private struct KeyedJSON<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    mutating func encodeNil(forKey key: Key) throws { encoder.set(.single(.null), for: key) }
    mutating func encode(_ value: String, forKey key: Key) throws { encoder.set(.single(.string(value)), for: key) }
    mutating func encode(_ value: Bool, forKey key: Key) throws { encoder.set(.single(.bool(value)), for: key) }
    mutating func encode(_ value: Double, forKey key: Key) throws { encoder.set(.single(.number(value)), for: key) }
    mutating func encode(_ value: Int, forKey key: Key) throws {
        encoder.set(.single(.integer(Int64(value))), for: key)
    }

    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        encoder.set(try encoder.content(of: value, at: key), for: key)
    }

    private func open(_ key: any CodingKey) -> JSONValueEncoder {
        let child = encoder.open(at: key)
        encoder.set(.open(child), for: key)
        return child
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    )
        -> KeyedEncodingContainer<Nested>
    {
        open(key).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        open(key).unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder { open(JSONKey(stringValue: "super")) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { open(key) }
}

private struct UnkeyedJSON: UnkeyedEncodingContainer {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { encoder.count }

    mutating func encodeNil() throws { encoder.append(.single(.null)) }

    mutating func encode<T: Encodable>(_ value: T) throws {
        encoder.append(try encoder.content(of: value, at: JSONKey(intValue: count)))
    }

    private func open() -> JSONValueEncoder {
        let child = encoder.open(at: JSONKey(intValue: count))
        encoder.append(.open(child))
        return child
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        open().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { open().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { open() }
}

private struct SingleJSON: SingleValueEncodingContainer {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    mutating func encodeNil() throws { encoder.value = .null }
    mutating func encode<T: Encodable>(_ value: T) throws {
        if let scalar = try JSONValueEncoder.scalar(value, at: codingPath) {
            encoder.value = scalar
        } else {
            try value.encode(to: encoder)
        }
    }
}
