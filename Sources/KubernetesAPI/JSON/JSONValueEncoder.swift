/// Encodes `Codable` types straight into a tree.
///
/// A class because `Encoder` hands out containers that outlive the call and write back into it; it never leaves the
/// thread that called ``JSONValue/init(encoding:)``.
final class JSONValueEncoder: Encoder {
    let codingPath: [any CodingKey]
    var value: JSONValue { didSet { publish(value) } }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    /// Where a nested container puts what it has so far.
    private let publish: (JSONValue) -> Void

    init(
        codingPath: [any CodingKey], value: JSONValue = .object([:]), publish: @escaping (JSONValue) -> Void = { _ in }
    ) {
        self.codingPath = codingPath
        self.value = value
        self.publish = publish
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if value.objectValue == nil { value = .object([:]) }
        return KeyedEncodingContainer(KeyedJSON(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if value.arrayValue == nil { value = .array([]) }
        return UnkeyedJSON(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleJSON(encoder: self) }

    fileprivate func set(_ newValue: some Encodable) throws {
        switch newValue {
        case let text as String: value = .string(text)
        case let flag as Bool: value = .bool(flag)
        case let number as Double: value = .number(number)
        case let number as Float: value = .number(Double(number))
        case let number as any FixedWidthInteger:
            guard let whole = Int64(exactly: number) else {
                throw EncodingError.invalidValue(
                    newValue, .init(codingPath: codingPath, debugDescription: "the number does not fit 64 bits"))
            }
            value = .integer(whole)
        default: try newValue.encode(to: self)
        }
    }

    fileprivate func member(_ key: any CodingKey, initially: JSONValue = .object([:])) -> JSONValueEncoder {
        JSONValueEncoder(codingPath: codingPath + [key], value: initially) { [self] in value[key.stringValue] = $0 }
    }

    fileprivate func nextElement(initially: JSONValue = .object([:])) -> JSONValueEncoder {
        let index = value.arrayValue?.count ?? 0
        append(initially)
        return JSONValueEncoder(codingPath: codingPath + [JSONKey(intValue: index)], value: initially) { [self] in
            var elements = value.arrayValue ?? []
            elements[index] = $0
            value = .array(elements)
        }
    }

    fileprivate func append(_ element: JSONValue) { value = .array((value.arrayValue ?? []) + [element]) }
}

private struct KeyedJSON<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    mutating func encodeNil(forKey key: Key) throws { encoder.value[key.stringValue] = .null }

    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        let child = JSONValueEncoder(codingPath: codingPath + [key])
        try child.set(value)
        encoder.value[key.stringValue] = child.value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    )
        -> KeyedEncodingContainer<Nested>
    {
        encoder.member(key).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder.member(key, initially: .array([])).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { encoder.member(JSONKey(stringValue: "super")) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { encoder.member(key) }
}

private struct UnkeyedJSON: UnkeyedEncodingContainer {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { encoder.value.arrayValue?.count ?? 0 }

    mutating func encodeNil() throws { encoder.append(.null) }

    mutating func encode<T: Encodable>(_ value: T) throws {
        let child = JSONValueEncoder(codingPath: codingPath + [JSONKey(intValue: count)])
        try child.set(value)
        encoder.append(child.value)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        encoder.nextElement().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        encoder.nextElement(initially: .array([])).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { encoder.nextElement() }
}

private struct SingleJSON: SingleValueEncodingContainer {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    mutating func encodeNil() throws { encoder.value = .null }
    mutating func encode<T: Encodable>(_ value: T) throws { try encoder.set(value) }
}
