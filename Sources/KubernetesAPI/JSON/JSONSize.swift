/// What reading a JSON text would make of it, found out without reading it.
///
/// A value costs memory though it is a byte long: eight megabytes of `[[0],[0],…]` are two hundred in memory. Who reads
/// texts of others counts first.
public struct JSONSize: Hashable, Sendable {
    /// Values of all kinds, those in arrays and objects among them; at least as many as there are.
    public private(set) var values = 1
    /// Arrays and objects that are open at the same time; at least as many as there are.
    public private(set) var depth = 0

    /// Counts commas and brackets outside of strings; of a text that is no JSON it may count anything.
    public init(_ bytes: [UInt8]) {
        var open = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: ","): values += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                values += 1
                open += 1
                depth = max(depth, open)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): open -= 1
            default: break
            }
        }
    }
}
