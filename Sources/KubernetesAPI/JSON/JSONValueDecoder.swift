/// Decodes `Codable` types straight from a parsed tree, so that documents are read once, by one parser.
///
/// Paths are made only when something is wrong: each level puts its own name before the path of the error that comes from
/// below. Until then decoding a member costs no more than finding it.
struct JSONValueDecoder: Decoder {
    let value: JSONValue
    /// Always empty: what an error adds to it is put behind the names of the levels above.
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try keyed(Key.self, at: []))
    }

    fileprivate func keyed<Key: CodingKey>(_ type: Key.Type, at codingPath: [any CodingKey]) throws -> Keyed<Key> {
        guard case .object(let members) = value else { throw mismatch(JSONObject.self, "an object") }
        return Keyed(members: members, codingPath: codingPath)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try unkeyed(at: []) }

    fileprivate func unkeyed(at codingPath: [any CodingKey]) throws -> Unkeyed {
        guard case .array(let elements) = value else { throw mismatch([JSONValue].self, "an array") }
        return Unkeyed(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(decoder: self) }

    fileprivate func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
        .typeMismatch(
            type, .init(codingPath: [], debugDescription: "expected \(expected), got \(value.kindDescription)"))
    }

    fileprivate func string() throws -> String {
        guard case .string(let text) = value else { throw mismatch(String.self, "a string") }
        return text
    }

    fileprivate func bool() throws -> Bool {
        guard case .bool(let flag) = value else { throw mismatch(Bool.self, "true or false") }
        return flag
    }

    fileprivate func double() throws -> Double {
        guard let number = value.doubleValue else { throw mismatch(Double.self, "a number") }
        return number
    }

    fileprivate func float() throws -> Float { Float(try double()) }

    fileprivate func whole<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
        let result: T? =
            switch value {
            case .integer(let number): T(exactly: number)
            case .number(let number): T(exactly: number)
            default: nil
            }
        guard let result else { throw mismatch(type, "a whole number of at most \(T.bitWidth) bits") }
        return result
    }
}

extension JSONValue {
    fileprivate var kindDescription: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "the number \(self)"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension DecodingError {
    /// The same error as seen from a level further up.
    fileprivate func below(_ names: [any CodingKey]) -> DecodingError {
        func moved(_ context: Context) -> Context {
            Context(
                codingPath: names + context.codingPath, debugDescription: context.debugDescription,
                underlyingError: context.underlyingError)
        }
        return switch self {
        case .typeMismatch(let type, let context): .typeMismatch(type, moved(context))
        case .valueNotFound(let type, let context): .valueNotFound(type, moved(context))
        case .keyNotFound(let key, let context): .keyNotFound(key, moved(context))
        case .dataCorrupted(let context): .dataCorrupted(moved(context))
        @unknown default: self
        }
    }
}

private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: JSONObject
    let codingPath: [any CodingKey]
    var allKeys: [Key] { members.keys.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try read(key) { $0.value.isNull } }

    /// Reads a member that must be there.
    private func read<Result>(_ key: Key, _ body: (JSONValueDecoder) throws -> Result) throws -> Result {
        guard let value = members[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "the field \(key.stringValue) is missing"))
        }
        do {
            return try body(JSONValueDecoder(value: value))
        } catch let error as DecodingError {
            throw error.below(codingPath + [key])
        }
    }

    /// Reads a member if it is there and not null.
    private func readIfPresent<Result>(_ key: Key, _ body: (JSONValueDecoder) throws -> Result) throws -> Result? {
        guard let value = members[key.stringValue] else { return nil }
        if case .null = value { return nil }
        do {
            return try body(JSONValueDecoder(value: value))
        } catch let error as DecodingError {
            throw error.below(codingPath + [key])
        }
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try read(key) { try T(from: $0) } }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try read(key) { try $0.string() } }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try read(key) { try $0.bool() } }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try read(key) { try $0.double() } }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try read(key) { try $0.float() } }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try read(key) { try $0.whole(type) } }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try read(key) { try $0.whole(type) } }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try read(key) { try $0.whole(type) } }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try read(key) { try $0.whole(type) } }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try read(key) { try $0.whole(type) } }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try read(key) { try $0.whole(type) } }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try read(key) { try $0.whole(type) } }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try read(key) { try $0.whole(type) } }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try read(key) { try $0.whole(type) } }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try read(key) { try $0.whole(type) } }

    // The most frequent ones; the library's own look a member up three times.
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try readIfPresent(key) { try T(from: $0) }
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try readIfPresent(key) { try $0.string() }
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try readIfPresent(key) { try $0.bool() }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try readIfPresent(key) { try $0.whole(type) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws
        -> KeyedDecodingContainer<Nested>
    {
        KeyedDecodingContainer(try read(key) { try $0.keyed(Nested.self, at: codingPath + [key]) })
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try read(key) { try $0.unkeyed(at: codingPath + [key]) }
    }

    func superDecoder() throws -> any Decoder { JSONValueDecoder(value: .object(members)) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try read(key) { $0 } }
}

private struct Unkeyed: UnkeyedDecodingContainer {
    let elements: [JSONValue]
    let codingPath: [any CodingKey]
    var currentIndex = 0
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    init(elements: [JSONValue], codingPath: [any CodingKey]) {
        self.elements = elements
        self.codingPath = codingPath
    }

    private var path: [any CodingKey] { codingPath + [JSONKey(intValue: currentIndex)] }

    private mutating func next<Result>(_ body: (JSONValueDecoder) throws -> Result) throws -> Result {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                JSONValue.self, .init(codingPath: path, debugDescription: "the array ends here"))
        }
        do {
            let result = try body(JSONValueDecoder(value: elements[currentIndex]))
            currentIndex += 1
            return result
        } catch let error as DecodingError {
            throw error.below(path)
        }
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next { try Single(decoder: $0).decode(type) } }
    mutating func decode(_ type: String.Type) throws -> String { try next { try $0.string() } }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let path = path
        return KeyedDecodingContainer(try next { try $0.keyed(Key.self, at: path) })
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let path = path
        return try next { try $0.unkeyed(at: path) }
    }

    mutating func superDecoder() throws -> any Decoder { try next { $0 } }
}

private struct Single: SingleValueDecodingContainer {
    let decoder: JSONValueDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.value.isNull }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: decoder) }
    func decode(_ type: String.Type) throws -> String { try decoder.string() }
    func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
    func decode(_ type: Double.Type) throws -> Double { try decoder.double() }
    func decode(_ type: Float.Type) throws -> Float { try decoder.float() }
    func decode(_ type: Int.Type) throws -> Int { try decoder.whole(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try decoder.whole(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try decoder.whole(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try decoder.whole(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try decoder.whole(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try decoder.whole(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.whole(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.whole(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.whole(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.whole(type) }
}
