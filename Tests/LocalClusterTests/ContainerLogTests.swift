import FoundationEssentials
import KubernetesAPI
import LocalCluster
import Synchronization
import Testing

/// A container that runs until it is told, and what a reader of its log has got.
private final class Follower: Sendable {
    private let state = Mutex((isRunning: true, output: [UInt8]()))

    var isRunning: Bool { state.withLock(\.isRunning) }
    var text: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }

    func receive(_ bytes: [UInt8]) { state.withLock { $0.output += bytes } }
    func end() { state.withLock { $0.isRunning = false } }
}

@Suite("Logs of containers")
struct ContainerLogTests {
    private let now = MicroTime(microseconds: 1_000_000)

    private func withFolder<T>(_ body: (String) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.path + "/aerie-log-\(UInt64.random(in: 0...UInt64.max))"
        try Files.createFolder(folder)
        defer { try? Files.remove(folder) }
        return try await body(folder)
    }

    private func read(_ path: String, _ change: (inout LogReader.Options) -> Void = { _ in }) async throws -> String {
        var options = LogReader.Options()
        change(&options)
        let output = Mutex<[UInt8]>([])
        try await LogReader(path: path).read(options, isRunning: { false }) { bytes in
            output.withLock { $0 += bytes }
        }
        return output.withLock { String(decoding: $0, as: UTF8.self) }
    }

    @Test("lines come back as they were written, whatever the pieces") func roundTrip() async throws {
        try await withFolder { folder in
            let log = try ContainerLog(path: "\(folder)/log")
            let text = "one\n\ntwo\u{2028}still two\r\nlast without end"
            for byte in text.utf8 { log.append([byte], now: now) }
            log.finish(now: now)
            #expect(try await read("\(folder)/log") == text)
        }
    }

    @Test("the file is in the container runtimes' format") func format() async throws {
        try await withFolder { folder in
            let log = try ContainerLog(path: "\(folder)/log")
            log.append(Array("full\nrest".utf8), now: now)
            log.finish(now: now)
            #expect(
                try Files.readText("\(folder)/log")
                    == "1970-01-01T00:00:01.000000Z stdout F full\n1970-01-01T00:00:01.000000Z stdout P rest\n")
        }
    }

    @Test("tail, times, limits and since") func options() async throws {
        try await withFolder { folder in
            let path = "\(folder)/log"
            let log = try ContainerLog(path: path)
            for second in 1...5 {
                log.append(Array("line \(second)\n".utf8), now: MicroTime(microseconds: Int64(second) * 1_000_000))
            }
            #expect(try await read(path) { $0.tailLines = 2 } == "line 4\nline 5\n")
            #expect(try await read(path) { $0.tailLines = 0 } == "")
            #expect(try await read(path) { $0.limitBytes = 9 } == "line 1\nli")
            #expect(try await read(path) { $0.since = MicroTime(microseconds: 4_000_000) } == "line 4\nline 5\n")
            let stamped = try await read(path) {
                $0.tailLines = 1
                $0.timestamps = true
            }
            #expect(stamped == "1970-01-01T00:00:05.000000Z line 5\n")
        }
    }

    @Test("a log that grows too large is set aside, and both parts are read") func rotation() async throws {
        try await withFolder { folder in
            let path = "\(folder)/log"
            let log = try ContainerLog(path: path, sizeLimit: 1_000)
            for number in 1...30 { log.append(Array("line \(number)\n".utf8), now: now) }
            #expect(Files.exists("\(path).1"))
            #expect(try Files.read(path).count <= 1_000)
            let text = try await read(path)
            #expect(text.hasSuffix("line 29\nline 30\n"))
            #expect(try await read(path) { $0.tailLines = 25 }.hasPrefix("line 6\n"))
        }
    }

    @Test("a follower gets every line, also across a rotation, and ends with the container") func follow() async throws
    {
        try await withFolder { folder in
            let path = "\(folder)/log"
            let log = try ContainerLog(path: path, sizeLimit: 4_000)
            let follower = Follower()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var options = LogReader.Options()
                    options.follow = true
                    try await LogReader(path: path).read(options, isRunning: { follower.isRunning }) {
                        follower.receive($0)
                    }
                }
                for number in 1...120 {
                    log.append(Array("line \(number)\n".utf8), now: now)
                    if number % 20 == 0 { try await Task.sleep(for: .milliseconds(120)) }
                }
                log.finish(now: now)
                follower.end()
                try await group.waitForAll()
            }
            let expected = (1...120).map { "line \($0)\n" }.joined()
            #expect(follower.text == expected)
        }
    }

    @Test("a line longer than the limit comes back in one piece") func longLine() async throws {
        try await withFolder { folder in
            let log = try ContainerLog(path: "\(folder)/log")
            let text = String(repeating: "x", count: 100_000) + "\n"
            log.append(Array(text.utf8), now: now)
            log.finish(now: now)
            #expect(try await read("\(folder)/log") == text)
        }
    }
}
