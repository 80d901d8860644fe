/// The part of a URL after the question mark, and the body of an HTML form.
enum URLQuery {
    static func encode(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// Leaves only the unreserved characters of RFC 3986 as they are.
    static func escape(_ text: String) -> String {
        let hexadecimal = Array("0123456789ABCDEF".unicodeScalars)
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                escaped.unicodeScalars.append("%")
                escaped.unicodeScalars.append(hexadecimal[Int(byte >> 4)])
                escaped.unicodeScalars.append(hexadecimal[Int(byte & 15)])
            }
        }
        return escaped
    }
}
