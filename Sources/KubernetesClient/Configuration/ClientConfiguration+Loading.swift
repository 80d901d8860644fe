import FoundationEssentials
import KubernetesAPI
import KubernetesYAML

extension ClientConfiguration {
    /// Finds the configuration where `kubectl` finds it.
    ///
    /// In order: the given file, the file that `KUBECONFIG` names, the pod's service account, `~/.kube/config`.
    ///
    /// - Parameters:
    ///   - path: A kubeconfig in YAML or JSON.
    ///   - context: One of its contexts; by default its current one.
    ///   - environment: The process' environment.
    /// - Returns: Where and as whom.
    /// - Throws: ``ConfigurationError``, which says what was looked for.
    public static func find(
        kubeconfig path: String? = nil, context: String? = nil, environment: [String: String]
    ) throws(ConfigurationError) -> ClientConfiguration {
        if let path = path ?? environment["KUBECONFIG"], !path.isEmpty {
            return try read(kubeconfig: path, context: context)
        }
        if context == nil, environment["KUBERNETES_SERVICE_HOST"] != nil {
            return try .inCluster(environment: environment)
        }
        guard let home = environment["HOME"] else {
            throw ConfigurationError("no cluster is configured: set KUBECONFIG or give --kubeconfig")
        }
        return try read(kubeconfig: "\(home)/.kube/config", context: context)
    }

    private static func read(
        kubeconfig path: String, context: String?
    ) throws(ConfigurationError) -> ClientConfiguration {
        let bytes = try readFile(path, what: "the kubeconfig")
        let document: JSONValue
        do throws(YAMLError) {
            document = try YAMLReader.document(bytes)
        } catch {
            throw ConfigurationError("the kubeconfig \(path) is not YAML: \(error)")
        }
        let directory = URL(filePath: path).deletingLastPathComponent().path()
        return try Kubeconfig(document, directory: directory).configuration(context: context)
    }
}
