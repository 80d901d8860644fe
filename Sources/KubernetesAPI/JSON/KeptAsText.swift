/// A part of a document that is kept as its canonical text, and becomes a tree each time it is read.
///
/// For what is large and seldom looked at, such as a pod template in a cache of thousands of jobs: a tree takes several times
/// the memory of its text. Reading parses about a hundred megabytes a second, so code that looks at a part more than once
/// reads it once.
@propertyWrapper
public struct KeptAsText: Hashable, Sendable {
    private var text: [UInt8]?

    public init(wrappedValue: JSONValue?) { text = wrappedValue.map(Self.text(of:)) }

    public var wrappedValue: JSONValue? {
        // What was written by us can be read by us.
        get { text.flatMap { try? JSONValue(parsing: $0) } }
        set { text = newValue.map(Self.text(of:)) }
    }

    /// In a block of its own size: the text grew in one that may be twice as large.
    private static func text(of value: JSONValue) -> [UInt8] { value.serialized.withUnsafeBufferPointer { Array($0) } }
}

extension KeptAsText: Codable {
    public init(from decoder: any Decoder) throws { self.init(wrappedValue: try JSONValue(from: decoder)) }

    public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

// What the compiler writes for a type with such a part calls these: a part that is not there is left out, as any optional is.

extension KeyedDecodingContainer {
    public func decode(_ type: KeptAsText.Type, forKey key: Key) throws -> KeptAsText {
        KeptAsText(wrappedValue: try decodeIfPresent(JSONValue.self, forKey: key))
    }
}

extension KeyedEncodingContainer {
    public mutating func encode(_ value: KeptAsText, forKey key: Key) throws {
        try encodeIfPresent(value.wrappedValue, forKey: key)
    }
}
