import TensorFlow

/// Answers calls of the model: body in, body out, on the executor's threads.
package struct Predictor: Sendable {
    private let model: ServedModel
    private let executor: InferenceExecutor
    private let metrics: ServingMetrics

    package init(model: ServedModel, executor: InferenceExecutor, metrics: ServingMetrics) {
        self.model = model
        self.executor = executor
        self.metrics = metrics
    }

    /// - Throws: ``TFError`` for everything that the request or the model does wrong, `CancellationError`.
    package func predict(_ body: [UInt8], model name: String, _ choice: VersionChoice) async throws -> [UInt8] {
        let version = try model.version(of: name, choice)
        return try await executor.run { [metrics] in
            let request = try PredictRequest(json: body, signatures: version.model.signatures)
            let began = ContinuousClock.now
            let outputs = try version.model.run(request.signatureName, inputs: request.inputs)
            metrics.countRun(examples: request.exampleCount, took: ContinuousClock.now - began)
            return try PredictResponse(outputs: outputs, format: request.format).json()
        }
    }
}
