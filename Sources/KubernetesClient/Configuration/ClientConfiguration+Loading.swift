import FoundationEssentials
import KubernetesAPI
import KubernetesYAML

extension ClientConfiguration {
    /// Finds the configuration where `kubectl` finds it.
    ///
    /// In order: the given file, the files that `KUBECONFIG` lists, the pod's service account, `~/.kube/config`.
    ///
    /// - Parameters:
    ///   - path: A kubeconfig in YAML or JSON.
    ///   - context: One of its contexts; by default its current one.
    ///   - environment: The process' environment.
    /// - Returns: Where and as whom. Show its ``warnings``.
    /// - Throws: ``ConfigurationError``, which says what was looked for.
    public static func find(
        kubeconfig path: String? = nil, context: String? = nil, environment: [String: String]
    ) throws(ConfigurationError) -> ClientConfiguration {
        if let path, !path.isEmpty {
            return try read(path).configuration(context: context, environment: environment)
        }
        if let paths = environment["KUBECONFIG"], !paths.isEmpty {
            return try read(listed: paths).configuration(context: context, environment: environment)
        }
        if context == nil, environment["KUBERNETES_SERVICE_HOST"] != nil {
            return try .inCluster(environment: environment)
        }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw ConfigurationError("no cluster is configured: set KUBECONFIG or give --kubeconfig")
        }
        return try read("\(home)/.kube/config").configuration(context: context, environment: environment)
    }

    /// Merges the files of a list like that of `PATH`; those that do not exist are passed over.
    private static func read(listed paths: String) throws(ConfigurationError) -> Kubeconfig {
        var merged: Kubeconfig?
        for path in paths.split(separator: ":").map(String.init) where FileManager.default.fileExists(atPath: path) {
            let kubeconfig = try read(path)
            merged?.merge(kubeconfig)
            merged = merged ?? kubeconfig
        }
        guard let merged else {
            throw ConfigurationError("no cluster is configured: KUBECONFIG lists \(paths), and no such file exists")
        }
        return merged
    }

    private static func read(_ path: String) throws(ConfigurationError) -> Kubeconfig {
        let bytes = try readFile(path, what: "the kubeconfig")
        let document: JSONValue
        do throws(YAMLError) {
            document = try YAMLReader.document(bytes)
        } catch {
            throw ConfigurationError("the kubeconfig \(path) is not YAML: \(error)")
        }
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        do throws(ConfigurationError) {
            // An empty file is a kubeconfig without entries.
            return try Kubeconfig(document == .null ? [:] : document, directory: directory)
        } catch {
            throw ConfigurationError("\(path): \(error.message)")
        }
    }
}
