import FoundationEssentials
import HTTPTransport
public import KubernetesAPI

/// Clusters, users and the contexts that pair them, from one file or several.
///
/// Made from parsed documents, so that this type does not know YAML; a kubeconfig that we write is JSON.
public struct Kubeconfig: Sendable {
    /// Something with a name, and the folder of its file, which relative paths in it start from.
    struct Entry<Value: Sendable>: Sendable {
        var value: Value
        var directory: String
    }

    private var clusters: [String: Entry<KubeconfigDocument.Cluster>] = [:]
    private var users: [String: Entry<KubeconfigDocument.User>] = [:]
    private var namedContexts: [String: KubeconfigDocument.Context] = [:]

    public private(set) var currentContext: String?

    /// In the order of the files.
    public private(set) var contexts: [String] = []

    /// - Parameters:
    ///   - json: The parsed document.
    ///   - directory: Where the file lies; relative paths in it are relative to this.
    /// - Throws: ``ConfigurationError`` that names the field which is wrong.
    public init(_ json: JSONValue, directory: String) throws(ConfigurationError) {
        let document: KubeconfigDocument
        do {
            document = try json.decode(KubeconfigDocument.self)
        } catch let error as DecodingError {
            throw ConfigurationError("the kubeconfig is not valid: \(error.sentence)")
        } catch {
            throw ConfigurationError("the kubeconfig is not valid: \(error)")
        }
        currentContext = document.currentContext.flatMap { $0.isEmpty ? nil : $0 }
        for item in document.clusters ?? [] {
            try Self.add(Entry(value: item.cluster, directory: directory), item.name, to: &clusters, "clusters")
        }
        for item in document.users ?? [] {
            let user = item.user ?? KubeconfigDocument.User()
            try Self.add(Entry(value: user, directory: directory), item.name, to: &users, "users")
        }
        for item in document.contexts ?? [] {
            try Self.add(item.context, item.name, to: &namedContexts, "contexts")
            contexts.append(item.name)
        }
    }

    /// Adds what `other` has and this one does not.
    ///
    /// The rule of `kubectl`: of a name that is in several files the first file's entry counts, whole; so does the first
    /// `current-context` that is not empty.
    public mutating func merge(_ other: Kubeconfig) {
        clusters.merge(other.clusters) { first, _ in first }
        users.merge(other.users) { first, _ in first }
        contexts += other.contexts.filter { namedContexts[$0] == nil }
        namedContexts.merge(other.namedContexts) { first, _ in first }
        currentContext = currentContext ?? other.currentContext
    }

    private static func add<Value>(
        _ value: Value, _ name: String, to values: inout [String: Value], _ list: String
    ) throws(ConfigurationError) {
        guard values.updateValue(value, forKey: name) == nil else {
            throw ConfigurationError("the kubeconfig has two \(list) with the name \"\(name)\"")
        }
    }
}

extension Kubeconfig {
    /// The configuration of a context, with its certificates read.
    ///
    /// - Parameters:
    ///   - name: The current context by default.
    ///   - environment: The process' environment, for `HTTPS_PROXY` and its like, and for plugins.
    /// - Returns: What a client needs.
    /// - Throws: ``ConfigurationError`` for a name that is not there, a file that cannot be read, and anything that is
    ///   not supported.
    public func configuration(
        context name: String? = nil, environment: [String: String] = [:]
    ) throws(ConfigurationError) -> ClientConfiguration {
        guard let name = name ?? currentContext, !name.isEmpty else {
            throw ConfigurationError("the kubeconfig has no current-context; name one of: \(list(contexts))")
        }
        guard let context = namedContexts[name] else {
            throw ConfigurationError("the kubeconfig has no context \"\(name)\"; it has: \(list(contexts))")
        }
        guard let cluster = clusters[context.cluster] else {
            throw ConfigurationError(
                "context \"\(name)\" names the cluster \"\(context.cluster)\", which the kubeconfig does not have")
        }
        var configuration = try cluster.configuration(named: context.cluster, environment: environment)
        if let namespace = context.namespace, !namespace.isEmpty { configuration.namespace = namespace }
        if let userName = context.user, !userName.isEmpty {
            guard let user = users[userName] else {
                throw ConfigurationError(
                    "context \"\(name)\" names the user \"\(userName)\", which the kubeconfig does not have")
            }
            try user.apply(
                to: &configuration, named: userName, environment: environment,
                cluster: { () throws(ConfigurationError) in try cluster.pluginInformation() })
        }
        return configuration
    }

    private func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}

extension Kubeconfig.Entry {
    /// What a field holds, inline or in a file; inline counts.
    func bytes(inline: String?, path: String?, field: String) throws(ConfigurationError) -> [UInt8]? {
        if let inline, !inline.isEmpty {
            guard let data = Data(base64Encoded: inline, options: .ignoreUnknownCharacters) else {
                throw ConfigurationError("\(field)-data is not base64")
            }
            return Array(data)
        }
        guard let path, !path.isEmpty else { return nil }
        return try readFile(absolute(path), what: field)
    }

    func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }
}
