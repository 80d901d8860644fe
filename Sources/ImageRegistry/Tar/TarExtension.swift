/// What extended headers say about the member that follows them.
struct TarExtension: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case pax
        /// Defaults for all members; none of those that matter here may be global.
        case global
        case longName
        case longLink
    }

    /// Bytes; larger ones are refused, so that hostile input cannot exhaust memory.
    static let maximumSize: Int64 = 1 << 20

    var path: String?
    var linkPath: String?
    var size: Int64?
    var userID: Int?
    var groupID: Int?

    mutating func read(_ kind: Kind, _ bytes: [UInt8], offset: Int64) throws(ImageError) {
        switch kind {
        case .global: return
        case .longName: path = try Self.text(bytes.prefix { $0 != 0 }, offset: offset)
        case .longLink: linkPath = try Self.text(bytes.prefix { $0 != 0 }, offset: offset)
        case .pax:
            var rest = bytes[...]
            while !rest.isEmpty { try readRecord(from: &rest, offset: offset) }
        }
    }

    /// `<length> <key>=<value>\n`, where the length counts itself.
    private mutating func readRecord(from rest: inout ArraySlice<UInt8>, offset: Int64) throws(ImageError) {
        let digits = rest.prefix { $0 != UInt8(ascii: " ") }
        guard digits.count < 8, let length = Int(String(decoding: digits, as: UTF8.self)), length <= rest.count,
            length > digits.count + 1
        else { throw Self.error("a record with a wrong length", offset) }
        let record = rest.prefix(length).dropFirst(digits.count + 1)
        rest = rest.dropFirst(length)
        guard record.last == UInt8(ascii: "\n"), let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
            throw Self.error("a record that is not <length> <key>=<value>", offset)
        }
        let value = record[record.index(after: equals)...].dropLast()
        switch String(decoding: record[..<equals], as: UTF8.self) {
        case "path": path = try Self.text(value, offset: offset)
        case "linkpath": linkPath = try Self.text(value, offset: offset)
        case "size": size = try Self.number(value, offset: offset)
        case "uid": userID = Int(try Self.number(value, offset: offset))
        case "gid": groupID = Int(try Self.number(value, offset: offset))
        case let key where key.hasPrefix("GNU.sparse."):
            throw ImageError(.unsupported, "the tar archive has a sparse file at byte \(offset)")
        default: return
        }
    }

    private static func text(_ bytes: some Collection<UInt8>, offset: Int64) throws(ImageError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error("a name that is not UTF-8", offset)
        }
        return text
    }

    private static func number(_ bytes: some Collection<UInt8>, offset: Int64) throws(ImageError) -> Int64 {
        guard let number = Int64(String(decoding: bytes, as: UTF8.self)), number >= 0 else {
            throw error("a number that is not decimal", offset)
        }
        return number
    }

    private static func error(_ problem: String, _ offset: Int64) -> ImageError {
        ImageError(.invalidContent, "the extended tar header before byte \(offset) has \(problem)")
    }
}
