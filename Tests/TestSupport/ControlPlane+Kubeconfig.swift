import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient

extension ControlPlane {
    /// A kubeconfig, complete in itself, for programs that are to find this control plane.
    ///
    /// - Parameters:
    ///   - token: Of whoever the program is to be; by default the administrator.
    ///   - server: Where the program is to find the API server, if there is something in between.
    package func kubeconfig(token: String? = nil, server: String? = nil) throws -> TemporaryFile {
        guard case .pem(let authority) = configuration.tls.trustRoots else {
            throw Failure(description: "the control plane has no authority of its own")
        }
        let cluster: JSONValue = [
            "server": .string(server ?? configuration.server),
            "certificate-authority-data": .string(Data(authority).base64EncodedString()),
        ]
        let kubeconfig: JSONValue = [
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [["name": "test", "cluster": cluster]],
            "users": [["name": "test", "user": ["token": .string(token ?? self.token)]]],
            "contexts": [["name": "test", "context": ["cluster": "test", "user": "test"]]],
        ]
        return try TemporaryFile(kubeconfig.description)
    }
}
