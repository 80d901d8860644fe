import BoundedHTTP
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
import ServiceLifecycle
import TensorFlow
import UnixSignals

/// A model server: listens, loads the model, answers until it is told to stop.
///
/// ```swift
/// try await ModelServer(configuration, logger: logger).run()
/// ```
///
/// On SIGTERM it takes no new connections, finishes the requests that it has and returns; after the configuration's
/// shutdown timeout it gives them up.
public struct ModelServer: Sendable {
    private let configuration: ServingConfiguration
    private let model: ServedModel
    private let logger: Logger

    /// Looks for the model; loads nothing yet.
    ///
    /// - Throws: ``StartupError`` when there is none.
    public init(_ configuration: ServingConfiguration, logger: Logger) throws(StartupError) {
        let directory = try ModelDirectory.find(in: configuration.modelBasePath, name: configuration.modelName)
        self.configuration = configuration
        self.logger = logger
        model = ServedModel(directory: directory.latest(configuration.versionCount))
    }

    /// Serves until SIGTERM or SIGINT arrives, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - handlesSignals: whether signals stop it; not in a process that does other things besides.
    ///   - onListening: is told the port, when it is open.
    /// - Throws: ``StartupError`` when the model cannot be loaded or the address not be listened on.
    public func run(
        handlesSignals: Bool = true,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        let metrics = ServingMetrics(model: model.directory.name)
        let executor = InferenceExecutor(threads: configuration.threads, queueLength: configuration.queueLength)
        metrics.observeQueue { executor.jobCount }
        let loader = ModelLoader(
            model: model, executor: executor, warmUp: configuration.warmUp,
            session: SessionConfiguration(
                intraOperationThreads: configuration.intraOperationThreads,
                interOperationThreads: configuration.interOperationThreads),
            metrics: metrics, logger: logger)
        let application = application(metrics, executor, onListening: onListening)
        var group = ServiceGroupConfiguration(
            services: [.init(service: application), .init(service: loader)],
            gracefulShutdownSignals: handlesSignals ? [.sigterm, .sigint] : [],
            logger: quietLogger)
        group.maximumGracefulShutdownDuration = configuration.shutdownTimeout

        let outcome: Result<Void, any Error>
        do { outcome = .success(try await ServiceGroup(configuration: group).run()) } catch {
            outcome = .failure(error)
        }
        try await executor.shutDown()
        do { try outcome.get() } catch let error as IOError {
            let address = "\(configuration.address):\(configuration.port)"
            throw StartupError(.badConfiguration, "cannot listen on \(address): \(error)")
        }
        logger.info("stopped")
    }

    private func application(
        _ metrics: ServingMetrics, _ executor: InferenceExecutor, onListening: @escaping @Sendable (Int) async -> Void
    ) -> Application<ServingResponder> {
        let responder = ServingResponder(
            model: model, predictor: Predictor(model: model, executor: executor, metrics: metrics),
            bodies: BodyReader(
                BodyBudget(perRequest: configuration.maximumRequestBytes, total: configuration.maximumBufferedBytes)),
            metrics: metrics, requestTimeout: configuration.requestTimeout, logger: logger)
        let idleTimeout = TimeAmount(configuration.idleTimeout)
        return Application(
            responder: responder, server: .http1(configuration: .init(idleTimeout: idleTimeout)),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.address, port: configuration.port)),
            onServerRunning: { [logger, model] channel in
                let port = channel.localAddress?.port ?? 0
                logger.info(
                    "listening",
                    metadata: [
                        "address": .string("\(channel.localAddress?.ipAddress ?? "")"),
                        "port": .stringConvertible(port),
                        "model": .string(model.directory.name),
                    ])
                await onListening(port)
            }, logger: quietLogger)
    }

    /// The libraries tell at `info` what the server's own entries tell better.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
