import Subprocess

/// Programs of the system that results are compared with; tests only.
public enum Tool {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Runs a program and returns what it prints.
    ///
    /// - Returns: Standard output, at most 64 MiB.
    /// - Throws: ``Failure`` with standard error when the program fails, or when it is not installed: a test that
    ///   passes without its reference would prove nothing.
    @discardableResult
    public static func run(_ name: String, _ arguments: [String]) async throws -> String {
        let result: ExecutionResult<Void, StringOutput<UTF8>, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                .name(name), arguments: Arguments(arguments), output: .string(limit: 64 << 20),
                error: .string(limit: 1 << 20))
        } catch {
            throw Failure(description: "cannot run \(name), which `make setup` installs: \(error)")
        }
        guard result.terminationStatus.isSuccess else {
            throw Failure(
                description: "\(name) \(arguments.joined(separator: " ")) failed (\(result.terminationStatus)): "
                    + "\(result.standardError)")
        }
        return result.standardOutput
    }
}
