package import TensorFlow

/// Base 64 of RFC 4648 section 4, which is how JSON carries bytes: `{"b64": "…"}`.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let invalid: UInt8 = 0xFF
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Appends the text of these bytes, with padding.
    package static func encode(_ bytes: [UInt8], to output: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (16 - 8 * UInt32($1.offset)) }
            for index in 0..<4 {
                let isPadding = index > group.count
                output.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(index))) & 63])
            }
        }
    }

    /// The bytes of a text; padding may be left out, as TensorFlow Serving allows.
    package static func decode(_ text: [UInt8]) throws(TFError) -> [UInt8] {
        var characters = text[...]
        while characters.last == UInt8(ascii: "="), text.count - characters.count < 2 { characters.removeLast() }
        let isPadded = characters.count < text.count
        guard characters.count % 4 != 1, !isPadded || text.count.isMultiple(of: 4) else {
            throw TFError(.invalidArgument, "a base 64 text of \(text.count) characters is incomplete")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count * 3 / 4)
        var bits: UInt32 = 0
        var bitCount = 0
        for (index, character) in characters.enumerated() {
            let value = values[Int(character)]
            guard value != invalid else {
                throw TFError(.invalidArgument, "character \(index + 1) of a base 64 text is not of its alphabet")
            }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return bytes
    }
}
