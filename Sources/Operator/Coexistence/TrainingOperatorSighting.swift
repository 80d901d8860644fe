import AerieAPI
import Decisions
import KubernetesAPI

/// What was seen of the Kubeflow training operator, and whether TFJobs must be left alone because of it.
///
/// Its lease counts as alive until it was seen unchanged for longer than it lasts; clocks of different machines are never
/// compared.
struct TrainingOperatorSighting: Sendable {
    typealias Moment = ContinuousClock.Instant

    /// Who installed the definition of TFJob.
    enum Definition: Hashable, Sendable {
        case missing, ours, foreign
    }

    static let leaseName = "1ca428e5.training-operator.kubeflow.org"
    /// How long a lease lasts that does not say so, as with client-go.
    private static let leaseDuration = Duration.seconds(15)
    private static let advice =
        "To move TFJobs to Aerie, stop the training operator, then start aerie-controller with --adopt-tfjobs."

    private var lastChanges: [ObjectKey: (spec: Lease.Spec?, moment: Moment)] = [:]
    private(set) var hold: TFJobHold?
    /// Whether anything was found out yet.
    private(set) var isKnown = false

    /// Takes in what is there.
    ///
    /// - Parameters:
    ///   - leases: Those of the training operator's name, in any namespace.
    ///   - definition: Of TFJob.
    ///   - moment: When this was read, on the local clock.
    mutating func saw(_ leases: [Lease], _ definition: Definition, at moment: Moment) {
        var changes: [ObjectKey: (spec: Lease.Spec?, moment: Moment)] = [:]
        for lease in leases {
            let known = lastChanges[lease.metadata.key]
            changes[lease.metadata.key] = known.flatMap { $0.spec == lease.spec ? $0 : nil } ?? (lease.spec, moment)
        }
        lastChanges = changes
        isKnown = true
        let alive = leases.sorted { $0.metadata.key < $1.metadata.key }.first { isAlive($0, at: moment) }
        if let alive {
            hold = TFJobHold(
                .trainingOperatorRuns,
                """
                The Kubeflow training operator is at work: \(alive.spec?.holderIdentity ?? "someone") holds the lease \
                \(alive.metadata.key). Aerie leaves TFJobs to it. \(Self.advice)
                """)
        } else if definition == .foreign {
            hold = TFJobHold(
                .foreignDefinition,
                """
                The CustomResourceDefinition \(Self.definitionName) is not Aerie's: it lacks the label \
                \(Label.partOf)=\(Label.product). Aerie leaves TFJobs to whoever installed it. \
                \(Self.advice)
                """)
        } else {
            hold = nil
        }
    }

    /// Takes in that the server does not let us look.
    mutating func wasRefused(_ error: KubernetesError) {
        isKnown = true
        hold = TFJobHold(
            .unknown,
            """
            Whether the Kubeflow training operator is at work cannot be found out: \(error.message). Grant the right, \
            or start aerie-controller with --adopt-tfjobs if no training operator runs.
            """)
    }

    private func isAlive(_ lease: Lease, at moment: Moment) -> Bool {
        guard let holder = lease.spec?.holderIdentity, !holder.isEmpty else { return false }
        let duration = lease.spec?.leaseDurationSeconds.map { Duration.seconds($0) } ?? Self.leaseDuration
        // Cannot overflow: durations have 128 bits, more than any Int64 of seconds fills.
        return lastChanges[lease.metadata.key].map { moment <= $0.moment + duration } ?? true
    }

    static let definitionName = "tfjobs.kubeflow.org"
}
