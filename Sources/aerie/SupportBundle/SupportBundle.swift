import ImageRegistry

/// The files of a bundle, in the order of their importance and within a bound.
struct SupportBundle {
    private(set) var files: [(path: String, content: [UInt8])] = []
    /// What could not be read or did not fit, one sentence each; part of the bundle.
    private(set) var gaps: [String] = []
    /// Bytes that may still be added.
    private var room: Int

    /// - Parameter limit: Bytes that all files together may have, before they are compressed.
    init(limit: Int) { room = limit }

    /// Adds a file, or its end as far as there is room: what happened last matters most.
    mutating func add(_ path: String, _ text: String) {
        let content = Array(text.utf8)
        guard content.count > room else {
            room -= content.count
            files.append((path, content))
            return
        }
        gaps.append("\(path): only the last \(room) of \(content.count) bytes fit; --max-size gives more room")
        if room > 0 { files.append((path, Array(content.suffix(room)))) }
        room = 0
    }

    mutating func missing(_ what: String, because reason: String) {
        gaps.append("\(what): \(reason)")
    }

    /// Everything below one folder, as a compressed archive.
    func archive(folder: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let summary = gaps.isEmpty ? "Nothing is missing.\n" : gaps.map { "\($0)\n" }.joined()
        for (path, content) in files + [("MISSING.txt", Array(summary.utf8))] {
            bytes += TarEntry(path: "\(folder)/\(path)", size: Int64(content.count)).headerBytes
            bytes += content
            bytes += [UInt8](repeating: 0, count: (Self.block - content.count % Self.block) % Self.block)
        }
        // Two empty blocks end an archive.
        bytes += [UInt8](repeating: 0, count: 2 * Self.block)
        return try Gzip.compress(bytes)
    }

    private static let block = 512
}
