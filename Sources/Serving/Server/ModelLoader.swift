import Logging
import ServiceLifecycle
import TensorFlow

/// Loads the model while the server already listens, and marks it when the server is told to stop.
///
/// Health and status are answered from the first moment; a probe sees a server that loads, not one that is down.
struct ModelLoader: Service {
    let model: ServedModel
    let executor: InferenceExecutor
    let warmUp: WarmUp
    let session: SessionConfiguration
    let metrics: ServingMetrics
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { [self] in
                try await executor.run {
                    try model.load(warmUp: warmUp, configuration: session, metrics: metrics, logger: logger)
                }
            }
            try await gracefulShutdown()
        } catch is CancellationError {
            // The server is stopped while it loads, or at once.
        }
        model.beginUnloading()
    }
}
