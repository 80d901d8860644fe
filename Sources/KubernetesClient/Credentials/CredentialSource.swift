import FoundationEssentials
import KubernetesAPI

/// Finds the credentials of each request, and new ones when the old ones have expired or are refused.
///
/// Files are read every time. A plugin runs once for all requests that wait for it, and again only when what it printed
/// has expired or the server answered 401.
actor CredentialSource {
    private let configuration: ClientConfiguration
    private let now: @Sendable () -> Time
    private var printed: Credential?
    private var isRunning = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - configuration: Names files and plugin.
    ///   - now: The wall clock, which expiry times are compared with.
    init(
        _ configuration: ClientConfiguration,
        now: @escaping @Sendable () -> Time = { Time(seconds: Int64(Date().timeIntervalSince1970)) }
    ) {
        self.configuration = configuration
        self.now = now
    }

    /// Credentials that have not expired as far as we know.
    ///
    /// - Throws: ``ConfigurationError`` for a file that cannot be read and for a plugin that fails.
    nonisolated func current() async throws(ConfigurationError) -> Credential {
        if let plugin = configuration.plugin { return try await printed(by: plugin) }
        return Credential(
            token: try configuration.token.current(), clientCertificate: try configuration.certificateFiles?.current())
    }

    /// Takes in that the server answered 401.
    ///
    /// - Returns: Whether other credentials can be had.
    func refused(_ credential: Credential) -> Bool {
        guard configuration.plugin != nil else { return false }
        // Someone else may have been faster.
        if printed == credential { printed = nil }
        return true
    }

    private func printed(by plugin: ExecPlugin) async throws(ConfigurationError) -> Credential {
        while true {
            if let printed, printed.expires.map({ now() < $0 }) ?? true { return printed }
            guard isRunning else { break }
            await withCheckedContinuation { waiting.append($0) }
            guard !Task.isCancelled else {
                throw ConfigurationError("waiting for the credential plugin \(plugin.command) was cancelled")
            }
        }
        isRunning = true
        defer {
            isRunning = false
            let woken = waiting
            waiting = []
            for continuation in woken { continuation.resume() }
        }
        let credential = try await plugin.run()
        printed = credential
        return credential
    }
}
