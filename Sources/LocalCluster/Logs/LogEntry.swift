/// One line of a ``ContainerLog``, read back.
package struct LogEntry: Hashable, Sendable {
    /// As it stands in the file.
    package var time: String
    /// Whether the container ended this line.
    package var isComplete: Bool
    package var text: ArraySlice<UInt8>

    /// `nil` for bytes that no log would hold, such as a line that is still being written.
    package init?(_ line: ArraySlice<UInt8>) {
        let fields = line.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4 else { return nil }
        time = String(decoding: fields[0], as: UTF8.self)
        isComplete = fields[2].elementsEqual("F".utf8)
        text = fields[3]
    }

    /// The bytes that the container wrote, and the time before them when asked for.
    package func output(timestamps: Bool) -> [UInt8] {
        var output: [UInt8] = timestamps ? Array("\(time) ".utf8) : []
        output += text
        if isComplete { output.append(0x0A) }
        return output
    }
}
