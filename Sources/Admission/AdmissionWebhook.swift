import KubernetesAPI
public import Logging
public import ServiceLifecycle
import Synchronization

/// The validating webhook as one long-lived service: its certificate, its registration, its server.
///
/// - Expected flow: ``run()`` waits for a certificate, announces its authority in the ValidatingWebhookConfiguration and
///   then serves, on every replica, leading or not. Every ``Settings/interval`` it looks again: a certificate that
///   changed is served from the next handshake on, and a registration that someone overwrote is repaired.
/// - Guarantees: nothing but an address that cannot be listened on ends the program. Without a certificate the webhook
///   says so in the log and tries again; the controllers check every spec themselves.
public final class AdmissionWebhook: ServiceLifecycle.Service {
    public struct Settings: Sendable {
        /// Where to listen.
        public var address: String
        /// 0 takes any free port.
        public var port: Int
        /// Between two looks at the certificate and the registration.
        public var interval: Duration
        public var limits: AdmissionLimits

        public init(
            address: String, port: Int, interval: Duration = .seconds(15), limits: AdmissionLimits = AdmissionLimits()
        ) {
            self.address = address
            self.port = port
            self.interval = interval
            self.limits = limits
        }
    }

    private let settings: Settings
    private let handler: AdmissionHandler
    private let certificates: any CertificateSource
    private let registration: WebhookRegistration?
    private let metrics: AdmissionMetrics
    private let onRunning: @Sendable (Int) -> Void
    private let logger: Logger
    private let serving = Mutex(false)

    /// - Parameters:
    ///   - settings: Where and how often.
    ///   - handler: Answers.
    ///   - certificates: What to serve with.
    ///   - registration: Where to announce the authority; `nil` when somebody else does.
    ///   - metrics: Count requests.
    ///   - onRunning: Told the port once the server listens.
    ///   - logger: Told of changes and of what is missing.
    public init(
        _ settings: Settings, handler: AdmissionHandler, certificates: any CertificateSource,
        registration: WebhookRegistration?, metrics: AdmissionMetrics,
        onRunning: @escaping @Sendable (Int) -> Void = { _ in }, logger: Logger
    ) {
        self.settings = settings
        self.handler = handler
        self.certificates = certificates
        self.registration = registration
        self.metrics = metrics
        self.onRunning = onRunning
        self.logger = logger
    }

    /// Whether reviews are answered.
    public var isServing: Bool { serving.withLock(\.self) }

    public func run() async throws {
        let first = await cancelWhenGracefulShutdown { await self.firstCertificate() }
        guard let (served, certificate) = first else { return }
        let server = AdmissionServer(
            address: settings.address, port: settings.port, limits: settings.limits, handler: handler,
            certificate: certificate, metrics: metrics,
            onRunning: { [self] port in
                serving.withLock { $0 = true }
                logger.notice("the webhook answers", metadata: ["port": "\(port)"])
                onRunning(port)
            }, logger: logger)
        defer { serving.withLock { $0 = false } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.keep(certificate, served) }
            // The server alone decides when it is over: were it cancelled while it still accepts, the connection that
            // comes at that moment would end the program.
            defer { group.cancelAll() }
            try await server.run()
        }
    }

    /// Announced before it is served; `nil` when cancelled first.
    private func firstCertificate() async -> (ServedCertificate, ServingCertificate)? {
        var complaint = ""
        while !Task.isCancelled {
            do {
                let served = try await certificates.current()
                let certificate = try ServingCertificate(served)
                await announce(served)
                return (served, certificate)
            } catch {
                // Once for each reason: it may stay away for as long as the program runs.
                if "\(error)" != complaint {
                    complaint = "\(error)"
                    logger.warning(
                        "the webhook has no certificate yet; --webhook-server-port 0 turns it off",
                        metadata: ["why": "\(error)"])
                }
            }
            try? await Task.sleep(for: settings.interval)
        }
        return nil
    }

    private func keep(_ certificate: ServingCertificate, _ first: ServedCertificate) async {
        var served = first
        while !Task.isCancelled {
            try? await Task.sleep(for: settings.interval)
            if Task.isCancelled { return }
            do {
                let new = try await certificates.current()
                // Trusted first, served second.
                await announce(new)
                guard new != served else { continue }
                try certificate.replace(with: new)
                if new.chain != served.chain { logger.notice("the webhook serves with a new certificate") }
                served = new
            } catch {
                logger.warning("the webhook keeps its certificate", metadata: ["why": "\(error)"])
            }
        }
    }

    private func announce(_ served: ServedCertificate) async {
        guard let registration, let bundle = served.trustBundle else { return }
        do {
            if try await registration.announce(bundle) == .written {
                logger.notice("the webhook's authority was written into the ValidatingWebhookConfiguration")
            }
        } catch {
            logger.warning(
                "the webhook's authority could not be announced", metadata: ["why": "\(error.description)"])
        }
    }
}
