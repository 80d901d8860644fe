import FoundationEssentials
import Subprocess
import SystemPackage

/// Programs of the system that results are compared with, and our own; tests only.
public enum Tool {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// How a program ended and what it said.
    public struct Outcome: Sendable {
        /// The exit code; 128 and the signal's number for a program that a signal ended.
        public var status: Int32
        public var output: String
        public var error: String
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - name: Looked up in PATH unless it is a path.
    ///   - arguments: Without the program's name.
    ///   - environment: Added to that of the tests.
    /// - Returns: At most 64 MiB of its output.
    /// - Throws: ``Failure`` when it is not installed: a test that passes without its reference would prove nothing.
    public static func outcome(
        of name: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Outcome {
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let result: ExecutionResult<Void, StringOutput<UTF8>, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                name.contains("/") ? .path(FilePath(name)) : .name(name), arguments: Arguments(arguments),
                environment: .inherit.updating(Dictionary(uniqueKeysWithValues: variables)),
                output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
        } catch {
            throw Failure(description: "cannot run \(name); `make setup` and `make build` provide it: \(error)")
        }
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Outcome(status: status, output: result.standardOutput, error: result.standardError)
    }

    /// Runs a program that must succeed and returns what it prints.
    ///
    /// - Throws: ``Failure`` with standard error when the program fails or is not installed.
    @discardableResult
    public static func run(_ name: String, _ arguments: [String]) async throws -> String {
        let outcome = try await outcome(of: name, arguments)
        guard outcome.status == 0 else {
            throw Failure(
                description:
                    "\(name) \(arguments.joined(separator: " ")) failed with \(outcome.status): \(outcome.error)")
        }
        return outcome.output
    }

    /// The path of one of our programs, which are built along with the tests.
    public static func program(_ name: String) throws -> String {
        // SwiftPM puts tests and programs into the same folder.
        let beside = "/" + CommandLine.arguments[0].split(separator: "/").dropLast().joined(separator: "/")
        let path = "\(ProcessInfo.processInfo.environment["AERIE_PROGRAMS"] ?? beside)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure(description: "\(path) is missing; `make build` builds it")
        }
        return path
    }
}
