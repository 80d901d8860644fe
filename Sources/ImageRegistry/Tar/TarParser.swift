/// Reads an archive that arrives in pieces of any size.
///
/// A value without I/O: bytes go in, events come out. Understands ustar, pax headers and the long names of GNU tar;
/// sparse files are refused. Extended attributes and times are skipped.
public struct TarParser: Sendable {
    public enum Event: Hashable, Sendable {
        /// A member begins; as many bytes of content as its size says follow.
        case entry(TarEntry)
        case content(ArraySlice<UInt8>)
        /// The member is complete.
        case endOfEntry
    }

    private enum State: Sendable {
        case header
        case content(remaining: Int64, padding: Int)
        case extended(TarExtension.Kind, size: Int, padding: Int)
        case padding(Int)
        case finished
    }

    private var state = State.header
    /// What has arrived of a header block or of an extended header.
    private var partial: [UInt8] = []
    /// What applies to the next member only.
    private var pending = TarExtension()
    private var sawEmptyBlock = false
    /// Bytes taken so far, for errors.
    private var offset: Int64 = 0

    public init() {}

    /// Takes the next bytes and reports what became complete.
    ///
    /// - Throws: ``ImageError/Code/invalidContent`` for bytes that are no archive, ``ImageError/Code/unsupported`` for
    ///   a kind of member that cannot be kept, and whatever `handle` throws.
    public mutating func consume(
        _ bytes: ArraySlice<UInt8>, _ handle: (Event) throws(ImageError) -> Void
    ) throws(ImageError) {
        var rest = bytes
        while !rest.isEmpty {
            switch state {
            case .finished: return
            case .header:
                partial += take(TarEntry.blockSize - partial.count, from: &rest)
                guard partial.count == TarEntry.blockSize else { return }
                let block = TarBlock(bytes: partial, offset: offset - Int64(TarEntry.blockSize))
                partial.removeAll(keepingCapacity: true)
                try begin(block, handle)
            case .extended(let kind, let size, let padding):
                partial += take(size - partial.count, from: &rest)
                guard partial.count == size else { return }
                try pending.read(kind, partial, offset: offset)
                partial.removeAll(keepingCapacity: true)
                state = padding > 0 ? .padding(padding) : .header
            case .content(let remaining, let padding):
                let content = take(Int(min(remaining, Int64(rest.count))), from: &rest)
                try handle(.content(content))
                if remaining > Int64(content.count) {
                    state = .content(remaining: remaining - Int64(content.count), padding: padding)
                } else {
                    state = padding > 0 ? .padding(padding) : .header
                    try handle(.endOfEntry)
                }
            case .padding(let remaining):
                let count = take(remaining, from: &rest).count
                state = remaining > count ? .padding(remaining - count) : .header
            }
        }
    }

    /// Says that no more bytes come.
    ///
    /// - Throws: ``ImageError/Code/invalidContent`` where the archive breaks off within a member.
    public func finish() throws(ImageError) {
        switch state {
        case .finished: return
        case .header where partial.isEmpty: return
        case .header, .content, .extended, .padding:
            throw ImageError(.invalidContent, "the tar archive breaks off after \(offset) bytes")
        }
    }

    private mutating func take(_ count: Int, from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let taken = rest.prefix(count)
        rest = rest.dropFirst(taken.count)
        offset += Int64(taken.count)
        return taken
    }

    private mutating func begin(
        _ block: TarBlock, _ handle: (Event) throws(ImageError) -> Void
    ) throws(ImageError) {
        if block.isEmpty {
            state = sawEmptyBlock ? .finished : .header
            sawEmptyBlock = true
            return
        }
        guard !sawEmptyBlock else { throw block.error("follows the end of the archive") }
        try block.verifyChecksum()
        if let kind = block.extensionKind {
            let size = try block.number(at: 124, width: 12, name: "size")
            guard size <= TarExtension.maximumSize else { throw block.error("has an extended header of \(size) bytes") }
            guard size > 0 else { return }
            state = .extended(kind, size: Int(size), padding: TarEntry.padding(after: size))
            return
        }
        let entry = try block.entry(applying: pending)
        pending = TarExtension()
        try handle(.entry(entry))
        if entry.size > 0 {
            state = .content(remaining: entry.size, padding: TarEntry.padding(after: entry.size))
        } else {
            try handle(.endOfEntry)
        }
    }
}
