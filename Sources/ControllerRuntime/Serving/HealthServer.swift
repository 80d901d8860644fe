import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import PrometheusMetrics
public import ServiceLifecycle

/// Answers `/healthz`, `/readyz` and `/metrics` over plain HTTP.
///
/// `/healthz` says that the process runs its event loop; `/readyz` fails with the names of the checks that fail, until
/// the process can do its work. Nothing here is secret, and nothing can be changed through it.
public struct HealthServer: ServiceLifecycle.Service, CustomStringConvertible {
    /// Something that must be so before the process is ready.
    public struct ReadinessCheck: Sendable {
        public var name: String
        public var isReady: @Sendable () -> Bool

        public init(_ name: String, isReady: @escaping @Sendable () -> Bool) {
            self.name = name
            self.isReady = isReady
        }
    }

    private let address: String
    private let port: Int
    private let metrics: MetricsRegistry
    private let checks: [ReadinessCheck]
    private let onRunning: @Sendable (Int) -> Void
    private let logger: Logger

    /// As it is called in the log of the program's services.
    public var description: String { "the health server" }

    /// Makes a server that does not listen yet.
    ///
    /// - Parameters:
    ///   - address: `0.0.0.0` in a pod.
    ///   - port: 0 takes any free one.
    ///   - metrics: What `/metrics` shows.
    ///   - checks: All must hold for `/readyz`.
    ///   - onRunning: Told the port once the server listens.
    ///   - logger: For the server itself.
    public init(
        address: String, port: Int, metrics: MetricsRegistry, checks: [ReadinessCheck],
        onRunning: @escaping @Sendable (Int) -> Void = { _ in }, logger: Logger
    ) {
        self.address = address
        self.port = port
        self.metrics = metrics
        self.checks = checks
        self.onRunning = onRunning
        self.logger = logger
    }

    public func run() async throws {
        let router = Router()
        router.get("healthz") { _, _ in Self.text(.ok, "ok\n") }
        router.get("readyz") { [checks] _, _ in
            let failing = checks.filter { !$0.isReady() }.map(\.name)
            return failing.isEmpty
                ? Self.text(.ok, "ok\n")
                : Self.text(.serviceUnavailable, "not ready: \(failing.joined(separator: ", "))\n")
        }
        router.get("metrics") { [metrics] _, _ in
            Self.text(.ok, metrics.text, contentType: MetricsRegistry.contentType)
        }
        // Hummingbird would tell of its start at info; the program tells in its own words.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(address, port: port), serverName: "aerie"),
            onServerRunning: { [onRunning] channel in onRunning(channel.localAddress?.port ?? 0) }, logger: quiet)
        try await application.run()
    }

    private static func text(
        _ status: HTTPResponse.Status, _ text: String, contentType: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: contentType], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
