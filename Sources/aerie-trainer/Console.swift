import AerieAPI
import ArgumentParser
import Evaluation
import Glibc
import KubernetesAPI
import Training

/// Text on the standard streams, unbuffered so that followers see it at once.
enum Console {
    static func print(_ line: String) { write(line, to: STDOUT_FILENO) }
    static func printError(_ line: String) { write(line, to: STDERR_FILENO) }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    private static func write(_ line: String, to descriptor: Int32) {
        var rest = Array("\(line)\n".utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more; the result does not depend on it.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Runs a command's work; an error becomes a line on standard error and the exit code that it stands for.
    static func reporting(_ body: () throws -> Void) throws {
        do { try body() } catch let error as TrainingError {
            printError("error: \(error.message)")
            throw ExitCode(error.exitCode.rawValue)
        } catch let error as ExitCode { throw error } catch {
            printError("error: \(error)")
            throw ExitCode(TrialExitCode.failed.rawValue)
        }
    }
}

/// How a command prints its result.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}
