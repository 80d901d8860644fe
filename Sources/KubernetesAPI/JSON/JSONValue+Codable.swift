extension JSONValue: Codable {
    /// Kept as it is by ``JSONValue/decode(_:)``; from any other decoder the tree is rebuilt value by value.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? JSONValueDecoder {
            self = decoder.value
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(JSONObject(try container.decode([String: JSONValue].self)))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? JSONValueEncoder {
            encoder.value = self
            return
        }
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(Dictionary(value))
        }
    }

    /// Decodes a typed value out of the tree.
    ///
    /// - Throws: `DecodingError`, whose coding path says which field is wrong.
    public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try T(from: JSONValueDecoder(value: self))
    }

    /// Encodes a typed value into a tree; `nil` members are left out.
    ///
    /// - Throws: `EncodingError`, for whole numbers beyond 64 bits.
    public init(encoding value: some Encodable) throws {
        let encoder = JSONValueEncoder()
        try value.encode(to: encoder)
        self = encoder.value
    }
}

extension DecodingError {
    /// The error as one sentence that names the field, for logs and conditions.
    public var sentence: String {
        let (context, problem): (Context, String) =
            switch self {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context, context.debugDescription)
            case .keyNotFound(let key, let context): (context, "the field \(key.stringValue) is missing")
            @unknown default: (Context(codingPath: [], debugDescription: "\(self)"), "\(self)")
            }
        let path = context.codingPath.reduce(into: "") { path, key in
            path += key.intValue.map { "[\($0)]" } ?? (path.isEmpty ? key.stringValue : ".\(key.stringValue)")
        }
        return path.isEmpty ? problem : "\(path): \(problem)"
    }
}

/// A name or an index on a coding path.
struct JSONKey: CodingKey {
    var stringValue: String
    var intValue: Int?

    init(stringValue: String) { self.stringValue = stringValue }
    init(intValue: Int) {
        self.intValue = intValue
        stringValue = String(intValue)
    }
}
