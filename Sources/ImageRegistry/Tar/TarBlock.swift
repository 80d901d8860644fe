/// One block of 512 bytes that may be a header.
struct TarBlock {
    var bytes: [UInt8]
    /// Where the block begins in the archive, for errors.
    var offset: Int64

    var isEmpty: Bool { bytes.allSatisfy { $0 == 0 } }

    private var typeFlag: UInt8 { bytes[156] }

    func error(_ problem: String, _ code: ImageError.Code = .invalidContent) -> ImageError {
        ImageError(code, "the tar member at byte \(offset) \(problem)")
    }

    /// Which extended header this block announces, if it does.
    var extensionKind: TarExtension.Kind? {
        switch typeFlag {
        case UInt8(ascii: "x"): .pax
        case UInt8(ascii: "g"): .global
        case UInt8(ascii: "L"): .longName
        case UInt8(ascii: "K"): .longLink
        default: nil
        }
    }

    /// The sum of all bytes, those of the checksum counted as spaces; some old writers summed them as signed.
    func verifyChecksum() throws(ImageError) {
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for (index, byte) in bytes.enumerated() {
            let counted = (148..<156).contains(index) ? UInt8(ascii: " ") : byte
            unsigned += Int64(counted)
            signed += Int64(Int8(bitPattern: counted))
        }
        let stored = try number(at: 148, width: 8, name: "checksum")
        guard stored == unsigned || stored == signed else { throw error("has a wrong checksum: this is no tar header") }
    }

    /// Octal text, or the base-256 numbers of GNU tar.
    func number(at start: Int, width: Int, name: String) throws(ImageError) -> Int64 {
        let field = bytes[start..<start + width]
        if let first = field.first, first & 0x80 != 0 {
            guard first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else {
                throw error("has a \(name) that is negative or too large")
            }
            return field.suffix(7).reduce(0) { $0 << 8 | Int64($1) }
        }
        let text = field.filter { $0 != 0 && $0 != UInt8(ascii: " ") }
        guard !text.isEmpty else { return 0 }
        guard let value = Int64(String(decoding: text, as: UTF8.self), radix: 8), value >= 0 else {
            throw error("has a \(name) that is not octal")
        }
        return value
    }

    func entry(applying extended: TarExtension) throws(ImageError) -> TarEntry {
        let path = if let path = extended.path { path } else { try path() }
        var entry = TarEntry(path: path)
        entry.mode = UInt32(try number(at: 100, width: 8, name: "mode") & 0o7777)
        entry.userID = if let id = extended.userID { id } else { Int(try number(at: 108, width: 8, name: "owner")) }
        entry.groupID = if let id = extended.groupID { id } else { Int(try number(at: 116, width: 8, name: "group")) }
        let linkName = if let path = extended.linkPath { path } else { try string(at: 157, width: 100) }
        entry.kind = try kind(linkName: linkName, path: entry.path)
        // Some writers give links and directories a size although no content follows.
        guard entry.kind == .file else { return entry }
        entry.size = if let size = extended.size { size } else { try number(at: 124, width: 12, name: "size") }
        return entry
    }

    private func kind(linkName: String, path: String) throws(ImageError) -> TarEntry.Kind {
        switch typeFlag {
        // Archives from before POSIX mark directories by a slash only.
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): return path.hasSuffix("/") ? .directory : .file
        case UInt8(ascii: "1"): return .hardLink(target: linkName)
        case UInt8(ascii: "2"): return .symbolicLink(target: linkName)
        case UInt8(ascii: "3"), UInt8(ascii: "4"):
            let major = Int(try number(at: 329, width: 8, name: "device number"))
            let minor = Int(try number(at: 337, width: 8, name: "device number"))
            return typeFlag == UInt8(ascii: "3")
                ? .characterDevice(major: major, minor: minor) : .blockDevice(major: major, minor: minor)
        case UInt8(ascii: "5"): return .directory
        case UInt8(ascii: "6"): return .pipe
        default:
            throw error(
                "'\(path)' is of the kind '\(Character(Unicode.Scalar(typeFlag)))', which is not supported",
                .unsupported)
        }
    }

    private func path() throws(ImageError) -> String {
        let name = try string(at: 0, width: 100)
        // Only POSIX archives have a prefix there; GNU tar keeps times in the same place.
        guard bytes[257..<263].elementsEqual("ustar\0".utf8) else { return name }
        let prefix = try string(at: 345, width: 155)
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private func string(at start: Int, width: Int) throws(ImageError) -> String {
        let field = bytes[start..<start + width].prefix { $0 != 0 }
        guard let text = String(validating: field, as: UTF8.self) else { throw error("has a name that is not UTF-8") }
        return text
    }
}
