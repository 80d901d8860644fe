/// The last words of a container, as they go into its status.
package enum TerminationMessage {
    /// Bytes that are taken from the termination message file.
    package static let fileLimit = 4_096
    /// Bytes and lines that are taken from the end of the log instead.
    package static let logLimit = 2_048
    package static let logLines = 80

    /// The file's text or, with `FallbackToLogsOnError`, the end of the log of a container that failed without one.
    ///
    /// The log is asked for only when needed. `nil` when there is nothing to say.
    package static func text(
        file: [UInt8], exitCode: Int, policy: ContainerManifest.TerminationMessagePolicy, log: () -> [UInt8]
    ) -> String? {
        var bytes = file.prefix(fileLimit)
        if bytes.isEmpty, policy == .fallbackToLogsOnError, exitCode != 0 {
            bytes = lastLines(log())
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func lastLines(_ log: [UInt8]) -> ArraySlice<UInt8> {
        let end = log.suffix(logLimit)
        let body = end.last == 0x0A ? end.dropLast() : end
        var lines = 0
        var start = body.endIndex
        while start > body.startIndex {
            if body[start - 1] == 0x0A {
                lines += 1
                if lines == logLines { break }
            }
            start -= 1
        }
        return end[start...]
    }
}
