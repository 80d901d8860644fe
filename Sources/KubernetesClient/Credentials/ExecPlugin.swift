import KubernetesAPI

/// A program that prints credentials: `exec` of a kubeconfig's user.
///
/// Its standard input is closed, so a plugin that insists on asking a person (`interactiveMode: Always`) is refused.
public struct ExecPlugin: Hashable, Sendable {
    /// `client.authentication.k8s.io/v1` or `/v1beta1`; what the plugin prints must have the same.
    public var apiVersion: String
    /// A path, or a name that is looked up in `PATH`.
    public var command: String
    public var arguments: [String]
    /// All of it, `KUBERNETES_EXEC_INFO` included.
    public var environment: [String: String]
    /// What to tell a person who does not have the program.
    public var installHint: String?
    /// After this the plugin is ended and counts as failed.
    public var timeout: Duration

    public init(
        apiVersion: String, command: String, arguments: [String] = [], environment: [String: String],
        installHint: String? = nil, timeout: Duration = .seconds(60)
    ) {
        self.apiVersion = apiVersion
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.installHint = installHint
        self.timeout = timeout
    }
}

extension ExecPlugin {
    private static let apiVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    /// Reads `exec` of a user.
    ///
    /// - Parameters:
    ///   - exec: As it is written.
    ///   - user: For messages.
    ///   - directory: A command with a slash in it is relative to this.
    ///   - environment: The process' environment, which the plugin gets as well.
    ///   - cluster: For `KUBERNETES_EXEC_INFO`, if the plugin wants to know.
    init(
        _ exec: KubeconfigDocument.Exec, user: String, directory: String, environment: [String: String],
        cluster: JSONValue?
    ) throws(ConfigurationError) {
        guard let command = exec.command, !command.isEmpty else {
            throw ConfigurationError("exec of user \"\(user)\" has no command")
        }
        guard let apiVersion = exec.apiVersion, Self.apiVersions.contains(apiVersion) else {
            throw ConfigurationError(
                "exec of user \"\(user)\" has the apiVersion \"\(exec.apiVersion ?? "")\"; "
                    + "supported are \(Self.apiVersions.joined(separator: " and "))")
        }
        switch exec.interactiveMode {
        case "Never", "IfAvailable": break
        case nil where apiVersion.hasSuffix("v1beta1"): break
        case "Always":
            throw ConfigurationError(
                "exec of user \"\(user)\" has the interactiveMode Always, but plugins run without a terminal here; "
                    + "log in with the plugin's own tool and set IfAvailable or Never")
        default:
            throw ConfigurationError(
                "exec of user \"\(user)\" needs an interactiveMode: Never or IfAvailable, got \"\(exec.interactiveMode ?? "")\""
            )
        }
        let information = JSONValue(compacting: [
            "apiVersion": .string(apiVersion), "kind": "ExecCredential",
            "spec": JSONValue(compacting: ["interactive": false, "cluster": cluster]),
        ])
        var variables = environment
        for variable in exec.env ?? [] { variables[variable.name] = variable.value ?? "" }
        variables["KUBERNETES_EXEC_INFO"] = String(decoding: information.serialized, as: UTF8.self)
        let isRelative = command.contains("/") && !command.hasPrefix("/")
        self.init(
            apiVersion: apiVersion, command: isRelative ? "\(directory)/\(command)" : command,
            arguments: exec.args ?? [], environment: variables, installHint: exec.installHint)
    }
}
