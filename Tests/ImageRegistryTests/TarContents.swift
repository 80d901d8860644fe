import ImageRegistry

/// All members of an archive, by name without a slash at the end.
struct TarContents {
    private(set) var entries: [String: TarEntry] = [:]
    private(set) var files: [String: [UInt8]] = [:]

    /// Reads the archive in pieces of the given size.
    init(_ bytes: [UInt8], pieces: Int = 1 << 20) throws(ImageError) {
        var parser = TarParser()
        var current = TarEntry(path: "")
        var content: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            try parser.consume(rest.prefix(pieces)) { (event) throws(ImageError) in
                switch event {
                case .entry(let entry):
                    current = entry
                    content = []
                case .content(let bytes): content += bytes
                case .endOfEntry:
                    let name = current.path.hasSuffix("/") ? String(current.path.dropLast()) : current.path
                    entries[name] = current
                    if current.kind == .file { files[name] = content }
                }
            }
            rest = rest.dropFirst(pieces)
        }
        try parser.finish()
    }
}

extension LayerArchive {
    /// The whole archive in memory, verified.
    var bytes: [UInt8] {
        get async throws {
            var bytes: [UInt8] = []
            for try await chunk in try await blob(name: "layer") { bytes += chunk }
            return bytes
        }
    }
}
