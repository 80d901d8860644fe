import Synchronization

/// Produces the bytes of a ``LayerArchive``, a bounded piece at a time.
final class LayerReader: Sendable {
    /// Bytes of a piece; large enough that system calls and hops between threads do not count.
    static let chunkSize = 1 << 20

    private let cursor: Mutex<Cursor>

    init(_ archive: LayerArchive) { cursor = Mutex(Cursor(members: archive.members[...])) }

    /// Reads the next piece, which is empty at the end; blocks.
    ///
    /// - Throws: ``ImageError/Code/fileSystem`` for a file that cannot be read or has another size than before.
    func next() throws(ImageError) -> [UInt8] {
        let result = cursor.withLock { cursor in
            Result { () throws(ImageError) in try cursor.next() }
        }
        return try result.get()
    }
}

/// Where in the archive the next byte is.
private struct Cursor: Sendable {
    var members: ArraySlice<LayerArchive.Member>
    /// Headers, padding and the trailer on their way out.
    var literal: ArraySlice<UInt8> = []
    var file: OpenFile?
    /// Bytes of the open file that are still to come.
    var remaining: Int64 = 0
    var padding = 0
    var isFinished = false

    mutating func next() throws(ImageError) -> [UInt8] {
        var failure: ImageError?
        let bytes = [UInt8](unsafeUninitializedCapacity: LayerReader.chunkSize) { buffer, count in
            do throws(ImageError) {
                count = try fill(UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            if !literal.isEmpty {
                let piece = literal.prefix(rest.count)
                rest.copyBytes(from: piece)
                literal = literal.dropFirst(piece.count)
                count += piece.count
            } else if let file {
                count += try read(file, into: rest)
            } else if !isFinished {
                try advance()
            } else {
                break
            }
        }
        return count
    }

    private mutating func read(_ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
        guard remaining > 0 else {
            self.file = nil
            literal = [UInt8](repeating: 0, count: padding)[...]
            return 0
        }
        let wanted = Int(min(remaining, Int64(buffer.count)))
        let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        guard count > 0 else { throw ImageError(.fileSystem, "\(file.path) became shorter while it was read") }
        remaining -= Int64(count)
        return count
    }

    private mutating func advance() throws(ImageError) {
        guard let member = members.popFirst() else {
            literal = TarEntry.trailer[...]
            isFinished = true
            return
        }
        literal = TarHeader(member.entry).bytes[...]
        guard let source = member.source, member.entry.size > 0 else { return }
        let file = try OpenFile(reading: source)
        guard try file.status.size == member.entry.size else {
            throw ImageError(.fileSystem, "\(source) changed its size while it was read")
        }
        self.file = file
        remaining = member.entry.size
        padding = TarEntry.padding(after: member.entry.size)
    }
}
