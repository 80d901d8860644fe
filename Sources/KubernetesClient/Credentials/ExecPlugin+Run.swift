import KubernetesAPI
import Subprocess
import SystemPackage

extension ExecPlugin {
    /// How a run of the program ended.
    private enum Ending: Sendable {
        case exited(TerminationStatus, output: String, error: String)
        case failed(any Error)
        case timedOut
    }

    /// Runs the program and reads what it prints.
    ///
    /// - Throws: ``ConfigurationError`` with the last line of the program's standard error, and the install hint when
    ///   there is no such program. A cancelled task ends the program first.
    func run() async throws(ConfigurationError) -> Credential {
        switch await ending() {
        case .exited(let status, let output, let error) where !status.isSuccess:
            throw failure("\(status.words)\(Self.lastLine(of: error.isEmpty ? output : error))")
        case .exited(_, let output, _):
            do throws(ConfigurationError) {
                return try Credential(execCredential: output, apiVersion: apiVersion)
            } catch {
                throw failure(error.message)
            }
        case .timedOut: throw failure("printed no credentials within \(timeout) and was ended")
        case .failed(let error as SubprocessError) where error.code == .executableNotFound:
            throw failure("is not installed", hint: installHint)
        case .failed(let error): throw failure("could not be run: \(error)", hint: installHint)
        }
    }

    private func failure(_ problem: String, hint: String? = nil) -> ConfigurationError {
        let advice = hint.map { "\n\($0)" } ?? ""
        return ConfigurationError("the credential plugin \(command) \(problem)\(advice)")
    }

    private func ending() async -> Ending {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                do {
                    return try await execute()
                } catch {
                    return .failed(error)
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: timeout)
                    return .timedOut
                } catch {
                    return .failed(error)
                }
            }
            // Whichever ends first ends the other: the program is killed, and the group waits for that.
            let first = await group.next() ?? .timedOut
            group.cancelAll()
            return first
        }
    }

    private func execute() async throws -> Ending {
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        var options = PlatformOptions()
        // A session of its own has no terminal to ask on, and can be ended with all that it started.
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        let result = try await Subprocess.run(
            command.contains("/") ? .path(FilePath(command)) : .name(command), arguments: Arguments(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: variables)), platformOptions: options, input: .none,
            output: .string(limit: 1 << 20), error: .string(limit: 16 << 20))
        return .exited(result.terminationStatus, output: result.standardOutput, error: result.standardError)
    }

    /// What people look for first, with a colon before it.
    private static func lastLine(of text: String) -> String {
        let lines = text.split { $0.isNewline }.filter { line in line.contains { !$0.isWhitespace } }
        return lines.last.map { ": \($0.prefix(1_000))" } ?? ""
    }
}

extension TerminationStatus {
    fileprivate var words: String {
        switch self {
        case .exited(let code): "failed with exit code \(code)"
        case .signaled(let signal): "was ended by signal \(signal)"
        }
    }
}
