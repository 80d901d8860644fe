import FoundationEssentials
import Subprocess
import SystemPackage

/// The Python whose libraries our results are compared with; tests only.
public enum PythonReference {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Runs a script and returns what it prints.
    ///
    /// - Parameters:
    ///   - script: The program's text.
    ///   - arguments: Become `sys.argv[1:]`.
    /// - Returns: Standard output, at most 64 MiB.
    /// - Throws: ``Failure`` with standard error when the script fails or Python is not there.
    public static func run(_ script: String, _ arguments: [String] = []) async throws -> String {
        try await python(["-c", script] + arguments)
    }

    /// Runs a script of `scripts/reference` and returns what it prints.
    ///
    /// - Throws: ``Failure``, as ``run(_:_:)``.
    public static func run(file name: String, _ arguments: [String]) async throws -> String {
        let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        return try await python(["\(repository)/scripts/reference/\(name)"] + arguments)
    }

    private static func python(_ arguments: [String]) async throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["AERIE_CACHE"] ?? "\(environment["HOME"] ?? "")/.cache/aerie"
        let python = "\(cache)/python/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(description: "\(python) is missing; `make setup` installs it")
        }
        let result = try await Subprocess.run(
            .path(FilePath(python)), arguments: Arguments(arguments),
            environment: .inherit.updating(["TF_CPP_MIN_LOG_LEVEL": "2"]), output: .string(limit: 64 << 20),
            error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw Failure(description: "Python failed (\(result.terminationStatus)): \(result.standardError)")
        }
        return result.standardOutput
    }
}
