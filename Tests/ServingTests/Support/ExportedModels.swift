import FoundationEssentials
import Glibc
import KubernetesAPI
import TestSupport

/// Models that Python's TensorFlow exported, and what it says they answer; made once for all tests of the process.
struct ExportedModels: Sendable {
    /// The folder of all models.
    let basePath: String
    /// Calls with their inputs and outputs.
    let calls: [Call]

    struct Call: Decodable, Sendable {
        var signature: String
        var inputs: [String: JSONValue]
        var outputs: [String: JSONValue]
    }

    static func shared() async throws -> ExportedModels { try await exported.value }

    private static let exported = Task {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let script = try String(contentsOfFile: "/\(tests)/Models/export.py", encoding: .utf8)
        _ = try await PythonReference.run(script, [folder])
        let expected = try Data(contentsOf: URL(filePath: "\(folder)/expected.json"))
        return ExportedModels(
            basePath: "\(folder)/models", calls: try JSONValue(parsing: Array(expected)).decode([Call].self))
    }

    /// Removed when the process ends.
    private static let folder: String = {
        let path = FileManager.default.temporaryDirectory.path() + "/aerie-serving-tests-\(getpid())"
        atexit { try? FileManager.default.removeItem(atPath: ExportedModels.folder) }
        return path
    }()
}
