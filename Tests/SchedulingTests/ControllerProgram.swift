import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Subprocess
import SystemPackage
import TestCluster
import TestSupport

/// The program `aerie-controller`, with the rights of its account and nothing else.
enum ControllerProgram {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs the controller for one namespace while `body` runs.
    static func run(
        in namespace: String, of cluster: OperatorCluster, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Void
    ) async throws {
        let kubeconfig = try TemporaryFile(try kubeconfig(of: cluster).description)
        let log = try TemporaryFile()
        guard let port = try ControlPlane.freePorts(1).first else { throw Failure(description: "no free port") }
        // The controller ends with the shell's input, so that it never outlives the tests.
        let script = """
            "$1" run --kubeconfig "$2" --namespace "$3" --no-leader-elect --health-port "$4" > "$5" 2>&1 & controller=$!
            cat > /dev/null
            kill -KILL "$controller"; wait "$controller" || true
            """
        let arguments = [
            "-c", script, "controller", try Tool.program("aerie-controller"), kubeconfig.path, namespace, "\(port)",
            log.path,
        ]
        let outcome = try await Subprocess.run(
            .name("bash"), arguments: Arguments(arguments), input: .inputWriter, output: .discarded, error: .discarded
        ) { execution -> Result<Void, any Error> in
            let result: Result<Void, any Error>
            do {
                try await body()
                result = .success(())
            } catch {
                let text = (try? String(contentsOfFile: log.path, encoding: .utf8)) ?? ""
                result = .failure(
                    Failure(description: "\(error)\nthe controller's log ends with:\n\(text.suffix(2_000))"))
            }
            // Thrown from here, the error would kill the shell before it has stopped the controller.
            try await execution.standardInputWriter.finish()
            return result
        }
        try outcome.closureResult.get()
    }

    private static func kubeconfig(of cluster: OperatorCluster) throws -> JSONValue {
        guard case .pem(let authority) = cluster.server.configuration.tls.trustRoots else {
            throw Failure(description: "the control plane has no authority of its own")
        }
        return [
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [
                [
                    "name": "test",
                    "cluster": [
                        "server": .string(cluster.server.configuration.server),
                        "certificate-authority-data": .string(Data(authority).base64EncodedString()),
                    ],
                ]
            ],
            "users": [["name": "test", "user": ["token": .string(cluster.token)]]],
            "contexts": [["name": "test", "context": ["cluster": "test", "user": "test"]]],
        ]
    }
}
