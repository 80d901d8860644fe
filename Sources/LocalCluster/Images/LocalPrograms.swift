import Crypto
import Glibc
import Subprocess
import Synchronization

/// Makes runnable images of the programs in an ``ImageTable``.
final class LocalPrograms: Sendable {
    private let table: ImageTable
    /// Digests of programs, as long as the file stays the same.
    private let digests = Mutex<[FileVersion: String]>([:])

    private struct FileVersion: Hashable {
        var path: String
        var size: Int
        var modified: Int
    }

    init(table: ImageTable) { self.table = table }

    /// `nil` when the table does not have the name.
    func image(named name: String) async throws -> RunnableImage? {
        guard let entry = table.entries[name] else { return nil }
        guard Files.isExecutable(entry.program) else {
            throw ImageUnavailable("the program \(entry.program) of image \"\(name)\" is not there; build it first")
        }
        let libraries = try await Self.libraries(of: entry.program)
        let folder = entry.program.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        var environment = ["PATH": "\(folder):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        environment.merge(entry.environment ?? [:]) { _, new in new }
        let outside = ([entry.program] + libraries + (entry.paths ?? [])).filter { !Self.isInRoot($0) }
        return RunnableImage(
            files: .host(paths: outside), entrypoint: [entry.program] + (entry.arguments ?? []),
            environment: environment, identifier: try digest(of: entry.program, name: name))
    }

    /// Whether a sandbox with the host's `/usr` has the file anyway.
    private static func isInRoot(_ path: String) -> Bool {
        ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/"].contains { path.hasPrefix($0) }
    }

    /// The shared libraries that the dynamic linker would load, wherever they lie.
    private static func libraries(of program: String) async throws -> [String] {
        let result = try await Subprocess.run(
            .name("ldd"), arguments: [program], input: .none, output: .string(limit: 1 << 20), error: .discarded)
        return libraryPaths(listing: result.standardOutput)
    }

    /// Reads what `ldd` prints: `libx.so.1 => /path/libx.so.1 (0x…)`.
    static func libraryPaths(listing: String) -> [String] {
        listing.split(separator: "\n").compactMap { line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let arrow = words.firstIndex(of: "=>"), words.indices.contains(arrow + 1),
                words[arrow + 1].hasPrefix("/")
            else { return nil }
            return String(words[arrow + 1])
        }
    }

    private func digest(of program: String, name: String) throws -> String {
        var status = stat()
        guard stat(program, &status) == 0 else {
            throw ImageUnavailable("cannot read \(program): \(String(cString: strerror(errno)))")
        }
        let version = FileVersion(
            path: program, size: Int(status.st_size),
            modified: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
        if let known = digests.withLock({ $0[version] }) { return known }
        let hash = SHA256.hash(data: try Files.read(program)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }
        let identifier = "\(name)@sha256:\(hash.joined())"
        digests.withLock { $0[version] = identifier }
        return identifier
    }
}
