import KubernetesAPI
package import TensorFlow

/// Reads a JSON document from left to right, without building a tree.
///
/// A request for a model is mostly numbers. Reading them straight into a tensor takes a few bytes of memory a number,
/// where a tree of values takes a hundred, and it is many times faster. Besides RFC 8259 the tokens `NaN`, `Inf` and
/// `Infinity` are read as numbers, as TensorFlow Serving does.
package struct JSONScanner {
    package let bytes: [UInt8]
    package private(set) var position: Int

    package init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The byte at which the next token starts, after any space; `nil` at the end.
    package mutating func peek() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    /// Whether the next token starts with this character, which is then passed over.
    package mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    package mutating func expect(_ character: Unicode.Scalar) throws(TFError) {
        guard take(character) else { throw error("expected '\(character)'") }
    }

    /// Whether another element follows, after one was read; passes over the `,` or the closing character.
    package mutating func continues(until closing: Unicode.Scalar) throws(TFError) -> Bool {
        if take(",") { return true }
        guard take(closing) else { throw error("expected ',' or '\(closing)'") }
        return false
    }

    /// Passes over an object; for each member calls `body`, which has to read the value.
    package mutating func members(_ body: (inout JSONScanner, String) throws(TFError) -> Void) throws(TFError) {
        try expect("{")
        if take("}") { return }
        repeat {
            let name = String(decoding: try string(), as: UTF8.self)
            try expect(":")
            try body(&self, name)
        } while try continues(until: "}")
    }

    /// Reads a string; returns its characters in UTF-8, without escapes.
    package mutating func string() throws(TFError) -> [UInt8] {
        guard peek() == UInt8(ascii: "\"") else { throw error("expected a string, got \(nextKind)") }
        let start = position
        let hasEscapes = try passString()
        let text = bytes[start + 1..<position - 1]
        guard hasEscapes else {
            guard String(validating: text, as: UTF8.self) != nil, !text.contains(where: { $0 < 0x20 }) else {
                throw error(
                    "the string before has control characters or is not valid UTF-8; send bytes as {\"b64\": …}")
            }
            return Array(text)
        }
        do {
            return Array((try JSONValue(parsing: bytes[start..<position]).stringValue ?? "").utf8)
        } catch {
            throw self.error("in the string before, \(error.problem)")
        }
    }

    /// Moves behind a string; returns whether it has escapes.
    private mutating func passString() throws(TFError) -> Bool {
        var hasEscapes = false
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            default: position += 1
            }
        }
        throw error("the document ends within a string")
    }

    /// Reads `true` or `false`.
    package mutating func bool() throws(TFError) -> Bool {
        if try literal("true") { return true }
        if try literal("false") { return false }
        throw error("expected true or false, got \(nextKind)")
    }

    private mutating func literal(_ text: StaticString) throws(TFError) -> Bool {
        guard peek() == text.utf8Start.pointee else { return false }
        let end = position + text.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(expected) else {
            throw error("expected \(text)")
        }
        position = end
        return true
    }

    /// Moves behind a value and checks it on the way.
    package mutating func skipValue(depth: Int = 0) throws(TFError) {
        guard depth < JSONValue.maximumDepth else { throw error("nested deeper than \(JSONValue.maximumDepth) levels") }
        switch peek() {
        case UInt8(ascii: "{"):
            try members { (scanner, _) throws(TFError) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            position += 1
            if take("]") { return }
            repeat { try skipValue(depth: depth + 1) } while try continues(until: "]")
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
        case UInt8(ascii: "n"): _ = try literal("null")
        default: _ = try number()
        }
    }

    /// Moves behind a list or an object by its brackets alone, for one that is read later; anything else is checked.
    package mutating func skipUnread() throws(TFError) {
        guard let first = peek(), first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else {
            return try skipValue()
        }
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""): _ = try passString()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                position += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                position += 1
                if depth == 0 { return }
            default: position += 1
            }
        }
        throw error("the document ends within a list or an object")
    }

    /// Moves ahead; for the number reader.
    mutating func move(to position: Int) { self.position = position }

    /// What comes next, for messages.
    package var nextKind: String {
        var ahead = self
        guard let first = ahead.peek() else { return "the end of the document" }
        return switch first {
        case UInt8(ascii: "{"): "an object"
        case UInt8(ascii: "["): "a list"
        case UInt8(ascii: "\""): "a string"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): "a boolean"
        case UInt8(ascii: "n"): "null"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "N"), UInt8(ascii: "I"): "a number"
        case 0x21...0x7E: "'\(Unicode.Scalar(first))'"
        default: "no JSON value"
        }
    }

    package func error(_ problem: String) -> TFError {
        TFError(.invalidArgument, "\(problem) (byte \(position) of the request)")
    }
}
