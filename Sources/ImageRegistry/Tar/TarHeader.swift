/// The bytes that stand in front of a member's content.
///
/// The ustar format where it suffices; names that are long or not ASCII, sizes of 8 GiB and more and large ids go into
/// a pax header in front of it. Modification times are always zero and owners have no names, so that equal trees give
/// equal archives.
///
/// - SeeAlso: IEEE Std 1003.1, `pax`.
struct TarHeader {
    var entry: TarEntry

    init(_ entry: TarEntry) { self.entry = entry }

    var bytes: [UInt8] {
        let records = extendedRecords
        guard !records.isEmpty else { return ustar }
        let name = TarEntry(path: "@PaxHeader", mode: 0o644, size: Int64(records.count))
        return TarHeader(name).block(typeFlag: "x", name: name.path, linkName: "") + records
            + [UInt8](repeating: 0, count: TarEntry.padding(after: name.size)) + ustar
    }

    /// How many bytes ``bytes`` has and the content with its padding.
    var sizeWithContent: Int64 {
        Int64(bytes.count) + entry.size + Int64(TarEntry.padding(after: entry.size))
    }

    private var path: String {
        entry.kind == .directory && !entry.path.hasSuffix("/") ? entry.path + "/" : entry.path
    }

    private var linkName: String {
        switch entry.kind {
        case .symbolicLink(let target), .hardLink(let target): target
        case .file, .directory, .characterDevice, .blockDevice, .pipe: ""
        }
    }

    private var ustar: [UInt8] {
        let typeFlag: Unicode.Scalar =
            switch entry.kind {
            case .file: "0"
            case .hardLink: "1"
            case .symbolicLink: "2"
            case .characterDevice: "3"
            case .blockDevice: "4"
            case .directory: "5"
            case .pipe: "6"
            }
        return block(typeFlag: typeFlag, name: path, linkName: linkName)
    }

    private func block(typeFlag: Unicode.Scalar, name: String, linkName: String) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: TarEntry.blockSize)
        func put(_ text: some Sequence<UInt8>, at offset: Int, width: Int) {
            for (index, byte) in text.prefix(width).enumerated() { block[offset + index] = byte }
        }
        func putOctal(_ number: Int64, at offset: Int, width: Int) {
            let digits = String(Self.fits(number, digits: width - 1) ? number : 0, radix: 8)
            let zeros = String(repeating: "0", count: max(0, width - 1 - digits.utf8.count))
            put((zeros + digits).utf8, at: offset, width: width)
        }
        put(name.utf8.map { $0 < 0x80 ? $0 : UInt8(ascii: "_") }, at: 0, width: 100)
        putOctal(Int64(entry.mode & 0o7777), at: 100, width: 8)
        putOctal(Int64(entry.userID), at: 108, width: 8)
        putOctal(Int64(entry.groupID), at: 116, width: 8)
        putOctal(entry.size, at: 124, width: 12)
        putOctal(0, at: 136, width: 12)
        put(repeatElement(UInt8(ascii: " "), count: 8), at: 148, width: 8)
        put([UInt8(ascii: typeFlag)], at: 156, width: 1)
        put(linkName.utf8.map { $0 < 0x80 ? $0 : UInt8(ascii: "_") }, at: 157, width: 100)
        put("ustar".utf8, at: 257, width: 5)
        put("00".utf8, at: 263, width: 2)
        if case .characterDevice(let major, let minor) = entry.kind {
            putOctal(Int64(major), at: 329, width: 8)
            putOctal(Int64(minor), at: 337, width: 8)
        } else if case .blockDevice(let major, let minor) = entry.kind {
            putOctal(Int64(major), at: 329, width: 8)
            putOctal(Int64(minor), at: 337, width: 8)
        }
        // The checksum is summed with itself as eight spaces, then ends with a zero and a space.
        putOctal(block.reduce(0) { $0 + Int64($1) }, at: 148, width: 7)
        block[154] = 0
        block[155] = UInt8(ascii: " ")
        return block
    }

    private var extendedRecords: [UInt8] {
        var records: [UInt8] = []
        if Self.needsRecord(path) { records += Self.record("path", path) }
        if Self.needsRecord(linkName) { records += Self.record("linkpath", linkName) }
        if !Self.fits(entry.size, digits: 11) { records += Self.record("size", String(entry.size)) }
        if !Self.fits(Int64(entry.userID), digits: 7) { records += Self.record("uid", String(entry.userID)) }
        if !Self.fits(Int64(entry.groupID), digits: 7) { records += Self.record("gid", String(entry.groupID)) }
        return records
    }

    private static func needsRecord(_ name: String) -> Bool {
        name.utf8.count > 100 || name.utf8.contains { $0 >= 0x80 }
    }

    private static func fits(_ number: Int64, digits: Int) -> Bool { number >= 0 && number < 1 << (3 * digits) }

    /// `<length> <key>=<value>\n`, where the length counts itself.
    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let content = " \(key)=\(value)\n".utf8
        var length = content.count + 1
        while content.count + String(length).utf8.count != length { length = content.count + String(length).utf8.count }
        return Array(String(length).utf8) + content
    }
}
