import Glibc
package import KubernetesAPI

/// Reads a container's log as `kubectl logs` asks for it.
package struct LogReader: Sendable {
    /// Which part of the log, in the words of the kubelet's query parameters.
    package struct Options: Hashable, Sendable {
        package var follow = false
        package var tailLines: Int?
        package var since: MicroTime?
        package var limitBytes: Int?
        package var timestamps = false

        package init() {}
    }

    let path: String

    package init(path: String) { self.path = path }

    /// Sends the log piece by piece; with `follow` it goes on until `isRunning` says no and everything has been sent.
    package func read(
        _ options: Options, isRunning: @Sendable () -> Bool, send: ([UInt8]) async throws -> Void
    ) async throws {
        var budget = max(0, options.limitBytes ?? .max)
        func deliver(_ entries: some Collection<LogEntry>) async throws {
            var output: [UInt8] = []
            for entry in entries { output += entry.output(timestamps: options.timestamps) }
            let piece = output.prefix(budget)
            budget -= piece.count
            if !piece.isEmpty { try await send(Array(piece)) }
        }
        var tail = LogTail(path: path)
        // Asked before the file is read: whatever the container wrote before it ended is then in the file.
        var mayGrow = isRunning()
        var entries = Self.entries(of: (try? Files.read("\(path).1")) ?? []) + tail.read()
        if let since = options.since {
            let text = "\(since)"
            entries = Array(entries.drop { $0.time < text })
        }
        try await deliver(options.tailLines.map { entries.suffix(max(0, $0)) } ?? entries[...])
        while options.follow, budget > 0 {
            let more = tail.read()
            if !more.isEmpty {
                try await deliver(more)
            } else if mayGrow {
                mayGrow = isRunning()
                try await Task.sleep(for: .milliseconds(100))
            } else {
                return
            }
        }
    }

    /// The text of the last bytes of the log, for termination messages.
    package func lastBytes(_ count: Int) -> [UInt8] {
        var tail = LogTail(path: path)
        return tail.read().flatMap { $0.output(timestamps: false) }.suffix(count)
    }

    static func entries(of bytes: [UInt8]) -> [LogEntry] {
        bytes.split(separator: 0x0A).compactMap { LogEntry($0) }
    }
}

/// A position in a log file that another task appends to and may set aside.
private struct LogTail {
    private let path: String
    private var offset = 0
    private var file: ino_t?

    init(path: String) { self.path = path }

    /// The entries that were completed since the last call.
    mutating func read() -> [LogEntry] {
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        var entries: [LogEntry] = []
        if let file, file != status.st_ino {
            // Set aside meanwhile: first the rest of the old one.
            entries = readOn("\(path).1")
            offset = 0
        }
        file = status.st_ino
        return entries + readOn(path)
    }

    private mutating func readOn(_ path: String) -> [LogEntry] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(offset + bytes.count))
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        guard let end = bytes.lastIndex(of: 0x0A) else { return [] }
        offset += end + 1
        return LogReader.entries(of: Array(bytes[...end]))
    }
}
