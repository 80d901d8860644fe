/// Finds the parts of a JSON text without making values of them, however deeply they are nested.
///
/// For lists, of which one object at a time shall be a tree, for documents that the parser refuses as a whole because of one
/// part, and for a look at a few fields. Takes for granted that the text is well-formed; where it is not, parts may be
/// missing, which ``isClosed`` tells, and the parser says what is wrong with the others.
struct JSONScanner {
    let bytes: [UInt8]
    private var position: Int
    /// Whether the object or the array that was looked at last ends with its bracket.
    private(set) var isClosed = false

    /// Scans what lies in `range`.
    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
    }

    /// Where the value of each member of an object lies, by name; empty for anything but an object.
    mutating func members() -> [String: Range<Int>] {
        var members: [String: Range<Int>] = [:]
        guard enter("{") else { return members }
        while peek() == UInt8(ascii: "\"") {
            let name = skipValue()
            guard enter(":") else { return members }
            let value = skipValue()
            members[String(decoding: bytes[name].dropFirst().dropLast(), as: UTF8.self)] = value
            guard enter(",") else { break }
        }
        isClosed = enter("}")
        return members
    }

    /// Where the value of one member of an object lies; what comes behind it is not looked at.
    mutating func member(_ wanted: StaticString) -> Range<Int>? {
        guard enter("{") else { return nil }
        while peek() == UInt8(ascii: "\"") {
            let name = skipValue()
            guard enter(":") else { return nil }
            let value = skipValue()
            if wanted.withUTF8Buffer({ bytes[name].dropFirst().dropLast().elementsEqual($0) }) { return value }
            guard enter(",") else { return nil }
        }
        return nil
    }

    /// Whether nothing but space is left.
    mutating func isAtEnd() -> Bool { peek() == nil }

    /// Where each element of an array lies; empty for anything but an array.
    mutating func elements() -> [Range<Int>] {
        var elements: [Range<Int>] = []
        guard enter("[") else { return elements }
        if peek() != UInt8(ascii: "]") {
            repeat { elements.append(skipValue()) } while enter(",")
        }
        isClosed = enter("]")
        return elements
    }

    private mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func enter(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Passes one value, counting brackets instead of calling itself.
    private mutating func skipValue() -> Range<Int> {
        _ = peek()
        let start = position
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                skipString()
                if depth == 0 { return start..<position }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return start..<position }
                depth -= 1
                position += 1
                if depth == 0 { return start..<position }
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { return start..<position }
                position += 1
            default: position += 1
            }
        }
        return start..<position
    }

    private mutating func skipString() {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, bytes.count)
    }
}
