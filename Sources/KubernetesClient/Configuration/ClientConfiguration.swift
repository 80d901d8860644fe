public import HTTPTransport

/// Where an API server is, how to get there, and as whom.
public struct ClientConfiguration: Hashable, Sendable {
    /// Scheme, host and port, perhaps a path: `https://10.0.0.1:6443`.
    public var server: String
    /// What people mean when they name no namespace.
    public var namespace: String
    public var tls: TLSOptions
    /// Whom to expect at the server's address, when that is not what its URL names.
    public var serverName: ServerName?
    /// Connects through this.
    public var proxy: HTTPProxy?
    public var token: TokenSource
    /// Read again for every request; once set, it counts instead of the client certificate of ``tls``.
    public var certificateFiles: CertificateFiles?
    /// Run for a token or a client certificate, when ``token`` has none.
    public var plugin: ExecPlugin?
    /// What a program must tell its user, loudly, before the first request.
    public var warnings: [String]

    public init(
        server: String, namespace: String = "default", tls: TLSOptions = TLSOptions(), serverName: ServerName? = nil,
        proxy: HTTPProxy? = nil, token: TokenSource = .none, certificateFiles: CertificateFiles? = nil,
        plugin: ExecPlugin? = nil, warnings: [String] = []
    ) {
        self.server = server
        self.namespace = namespace
        self.tls = tls
        self.serverName = serverName
        self.proxy = proxy
        self.token = token
        self.certificateFiles = certificateFiles
        self.plugin = plugin
        self.warnings = warnings
    }
}
