import AerieAPI
import Decisions
import KubernetesAPI
import KubernetesClient
import Logging
import ServiceLifecycle
import Synchronization

/// Looks again and again whether the Kubeflow training operator is at work.
///
/// Two small requests each time, both for objects of a known name; there is nothing to look for once TFJobs are adopted.
final class TrainingOperatorWatch: ServiceLifecycle.Service {
    private let client: KubernetesClient
    private let isAdopting: Bool
    private let period: Duration
    private let logger: Logger
    private let sighting = Mutex(TrainingOperatorSighting())
    private let onChange: @Sendable () -> Void

    /// Makes a watch that has seen nothing yet.
    ///
    /// - Parameters:
    ///   - client: Asks.
    ///   - isAdopting: Whether TFJobs are ours, whoever else is there.
    ///   - period: From one look to the next.
    ///   - logger: Told when the answer changes.
    ///   - onChange: Called when the answer changes.
    init(
        client: KubernetesClient, isAdopting: Bool, period: Duration, logger: Logger,
        onChange: @escaping @Sendable () -> Void
    ) {
        self.client = client
        self.isAdopting = isAdopting
        self.period = period
        self.logger = logger
        self.onChange = onChange
    }

    /// Why TFJobs are left alone; `nil` if they are not.
    var hold: TFJobHold? { isAdopting ? nil : sighting.withLock { $0.hold } }

    /// Whether ``hold`` is an answer yet.
    var isKnown: Bool { isAdopting || sighting.withLock { $0.isKnown } }

    func run() async throws {
        guard !isAdopting else {
            logger.notice("TFJobs are adopted, whoever else may work on them")
            return try await gracefulShutdown()
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                try? await Task.sleep(for: self.isKnown ? self.period : min(self.period, .seconds(1)))
            }
        }
    }

    private func look() async {
        let before = sighting.withLock { $0 }
        do throws(KubernetesError) {
            let selection = Selection(fieldSelector: "metadata.name=\(TrainingOperatorSighting.leaseName)")
            let leases = try await client.list(Lease.self, selection).items
            let definition = try await definition()
            sighting.withLock { $0.saw(leases, definition, at: .now) }
        } catch {
            // While the server does not answer, what was known last stands.
            guard error.reason == .forbidden else {
                return logger.debug("the training operator was not looked for", metadata: ["error": "\(error)"])
            }
            sighting.withLock { $0.wasRefused(error) }
        }
        tell(before)
    }

    private func tell(_ before: TrainingOperatorSighting) {
        let hold = self.hold
        guard hold != before.hold else { return }
        if let hold {
            logger.warning(
                "TFJobs are left alone", metadata: ["reason": "\(hold.reason.rawValue)", "message": "\(hold.message)"])
        } else {
            logger.notice("TFJobs are ours again: no training operator is at work")
        }
        onChange()
    }

    private func definition() async throws(KubernetesError) -> TrainingOperatorSighting.Definition {
        do throws(KubernetesError) {
            let document = try await client.get(
                Reference(Self.definitions, name: TrainingOperatorSighting.definitionName))
            return document["metadata"]?["labels"]?[Label.partOf]?.stringValue == Label.product ? .ours : .foreign
        } catch  where error.reason == .notFound {
            return .missing
        }
    }

    private static let definitions = Resource(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions", isNamespaced: false)
}
