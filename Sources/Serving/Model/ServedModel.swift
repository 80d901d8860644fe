package import Logging
import Synchronization
package import TensorFlow

/// The model that this server is for: loads its versions and hands them out.
package final class ServedModel: Sendable {
    package let directory: ModelDirectory
    private let table: Mutex<VersionTable>

    package init(directory: ModelDirectory) {
        self.directory = directory
        table = Mutex(VersionTable(name: directory.name, versions: directory.versions.keys))
    }

    package var isReady: Bool { table.withLock { $0.isReady } }

    /// - Throws: `notFound` for another model's name or an unknown version.
    package func statuses(of name: String, _ choice: VersionChoice) throws(TFError) -> [ModelVersionStatus] {
        try check(name)
        return try table.withLock { table throws(TFError) in try table.statuses(of: choice) }
    }

    /// - Throws: `notFound` for another model's name or an unknown version, `unavailable` for one that is being loaded.
    package func version(of name: String, _ choice: VersionChoice) throws(TFError) -> ModelVersion {
        try check(name)
        return try table.withLock { table throws(TFError) in try table.model(choice) }
    }

    private func check(_ name: String) throws(TFError) {
        guard name == directory.name else {
            throw TFError(.notFound, "this server has no model \"\(name)\"; it has \"\(directory.name)\"")
        }
    }

    /// Loads and warms up all versions, the highest first; blocks.
    ///
    /// - Throws: ``StartupError`` `badModel` at the first version that cannot be loaded.
    package func load(
        warmUp: WarmUp, configuration: SessionConfiguration, metrics: ServingMetrics, logger: Logger
    ) throws(StartupError) {
        for (version, path) in directory.versions.sorted(by: { $0.key > $1.key }) {
            table.withLock { $0.beginLoading(version) }
            let began = ContinuousClock.now
            let model: SavedModel
            do { model = try SavedModel(directory: path, configuration: configuration) } catch {
                table.withLock { $0.fail(version, with: error) }
                throw StartupError(.badModel, "cannot load \(path): \(error.message)")
            }
            for (name, signature) in warmUp.signatures(of: model) {
                Self.warmUp(model, path: path, name: name, signature, metrics, logger)
            }
            let time = ContinuousClock.now - began
            metrics.countLoad(of: version, took: time)
            table.withLock { $0.finishLoading(ModelVersion(version: version, path: path, model: model)) }
            logger.info(
                "model loaded",
                metadata: [
                    "version": .stringConvertible(version), "path": .string(path), "seconds": .seconds(time),
                    "tensorflow": .string(TensorFlowLibrary.version),
                    "modelTensorFlow": .string(model.tensorFlowVersion),
                    "signatures": .array(model.signatures.keys.sorted().map { .string($0) }),
                ])
        }
    }

    /// Calls a signature once.
    ///
    /// A model may refuse zeros, an empty string being no picture; that does no harm.
    private static func warmUp(
        _ model: SavedModel, path: String, name: String, _ signature: Signature, _ metrics: ServingMetrics,
        _ logger: Logger
    ) {
        let began = ContinuousClock.now
        var failure: TFError?
        do { _ = try model.run(name, inputs: signature.zeros()) } catch { failure = error }
        let time = ContinuousClock.now - began
        metrics.countWarmUp(of: path, error: failure, took: time)
        logger.info(
            failure.map { "the model refused the call with zeros: \($0.message)" } ?? "model warmed up",
            metadata: ["path": .string(path), "signature": .string(name), "seconds": .seconds(time)])
    }

    /// Tells Kubernetes to send no more requests.
    package func beginUnloading() { table.withLock { $0.beginUnloading() } }
}

extension Logger.MetadataValue {
    /// Seconds with six digits behind the point.
    static func seconds(_ time: Duration) -> Self { .stringConvertible((time.seconds * 1e6).rounded() / 1e6) }
}
