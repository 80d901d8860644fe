/// Cuts a stream of bytes at line feeds, and only there: U+2028 inside a JSON string is no end of a line.
struct LineSplitter: Sendable {
    /// Bytes; a longer line is refused instead of filling the memory.
    let maximumLength: Int
    private var rest: [UInt8] = []

    init(maximumLength: Int) { self.maximumLength = maximumLength }

    struct LineTooLong: Error, Hashable {
        var maximumLength: Int
    }

    /// The lines that `chunk` completes, without their line feeds and without empty ones.
    mutating func lines(appending chunk: [UInt8]) throws(LineTooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var remaining = chunk[...]
        while let end = remaining.firstIndex(of: 0x0A) {
            let line = rest + remaining[..<end]
            guard line.count <= maximumLength else { throw LineTooLong(maximumLength: maximumLength) }
            if !line.isEmpty { lines.append(line) }
            rest = []
            remaining = remaining[(end + 1)...]
        }
        guard rest.count + remaining.count <= maximumLength else { throw LineTooLong(maximumLength: maximumLength) }
        rest += remaining
        return lines
    }
}
