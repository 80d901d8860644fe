import Glibc
package import KubernetesAPI
import Synchronization

/// The log of one run of a container: every line with the time at which it came, in at most two files.
///
/// The format is the container runtimes' own: `<RFC 3339 time> stdout F <line>`; `P` marks a part of a line that was
/// longer than ``lineLimit`` or was not finished when the container ended.
package final class ContainerLog: Sendable {
    /// Bytes after which a file is set aside as `.1` and the one before that is dropped.
    package let sizeLimit: Int
    static let lineLimit = 16 << 10
    package let path: String

    private struct State {
        var descriptor: Int32
        var size: Int
        /// Bytes of a line whose end has not come.
        var rest: [UInt8] = []
        var isClosed = false
    }
    private let state: Mutex<State>

    package init(path: String, sizeLimit: Int = 10 << 20) throws {
        self.path = path
        self.sizeLimit = sizeLimit
        state = Mutex(State(descriptor: try Self.open(path), size: 0))
    }

    deinit { close() }

    /// Takes what the container wrote at `now`.
    package func append(_ bytes: some Collection<UInt8>, now: MicroTime) {
        state.withLock { state in
            state.rest += bytes
            var output: [UInt8] = []
            while true {
                if let end = state.rest.prefix(Self.lineLimit).firstIndex(of: 0x0A) {
                    Self.write(state.rest[..<end], tag: "F", now, to: &output)
                    state.rest.removeFirst(end + 1)
                } else if state.rest.count >= Self.lineLimit {
                    Self.write(state.rest.prefix(Self.lineLimit), tag: "P", now, to: &output)
                    state.rest.removeFirst(Self.lineLimit)
                } else {
                    break
                }
            }
            flush(output, &state)
        }
    }

    /// Writes an unfinished last line; nothing more may be appended.
    package func finish(now: MicroTime) {
        state.withLock { state in
            guard !state.isClosed else { return }
            var output: [UInt8] = []
            if !state.rest.isEmpty { Self.write(state.rest[...], tag: "P", now, to: &output) }
            state.rest = []
            flush(output, &state)
        }
        close()
    }

    private func close() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            Glibc.close(state.descriptor)
        }
    }

    private static func write(_ line: ArraySlice<UInt8>, tag: String, _ now: MicroTime, to output: inout [UInt8]) {
        output += "\(now) stdout \(tag) ".utf8
        output += line
        output.append(0x0A)
    }

    private func flush(_ output: [UInt8], _ state: inout State) {
        guard !output.isEmpty, !state.isClosed else { return }
        if state.size + output.count > sizeLimit, state.size > 0,
            rename(path, "\(path).1") == 0, let fresh = try? Self.open(path)
        {
            Glibc.close(state.descriptor)
            state.descriptor = fresh
            state.size = 0
        }
        var written = 0
        while written < output.count {
            let count = output[written...].withUnsafeBytes { Glibc.write(state.descriptor, $0.baseAddress, $0.count) }
            // A full disk loses log lines, never a container.
            guard count > 0 || errno == EINTR else { break }
            written += max(0, count)
        }
        state.size += written
    }

    private static func open(_ path: String) throws -> Int32 {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Files.Failure(operation: "open", path: path, problem: String(cString: strerror(errno)))
        }
        return descriptor
    }
}
