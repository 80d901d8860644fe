import SystemPackage
import TestSupport

/// The wall clock of another program, which this test sets; its monotonic clock goes on as ever.
final class WallClock: Sendable {
    private let library: TemporaryFile
    private let offset: TemporaryFile

    /// Makes a clock that is `seconds` ahead.
    init(ahead seconds: Int64) async throws {
        library = try TemporaryFile()
        offset = try TemporaryFile()
        let source = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/wall-clock.c"
        try await Tool.run("clang", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library.path, source])
        try set(ahead: seconds)
    }

    /// What the program's environment must hold.
    var environment: [String: String] { ["LD_PRELOAD": library.path, "WALL_CLOCK_OFFSET": offset.path] }

    /// Sets the clock `seconds` ahead of the machine's.
    func set(ahead seconds: Int64) throws {
        // In place, since the program has mapped the file.
        let file = try FileDescriptor.open(FilePath(offset.path), .writeOnly)
        try file.closeAfter {
            _ = try withUnsafeBytes(of: seconds) { try file.writeAll(toAbsoluteOffset: 0, $0) }
        }
    }
}
