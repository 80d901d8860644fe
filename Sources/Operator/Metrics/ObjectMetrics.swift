import AerieAPI
import ControllerRuntime
import KubernetesAPI
import PrometheusMetrics
import Synchronization

/// How many objects are in which state, as the stores know it when the metrics are read.
///
/// Only the replica that leads shows them, so that a sum over replicas is right.
enum ObjectMetrics {
    static func register(in registry: MetricsRegistry, _ stores: Stores, isLeading: LeadingFlag) {
        func gauge(
            _ name: String, _ help: String, _ label: String, _ samples: @escaping @Sendable () -> [[String]]
        ) {
            registry.gauge(name, help: help, labels: ["namespace", label]) {
                guard isLeading.isSet else { return [:] }
                return samples().reduce(into: [:]) { $0[$1, default: 0] += 1 }  // Floating point: samples are doubles.
            }
        }
        gauge("aerie_tfjobs", "TFJobs, by state.", "state") {
            stores.tfJobs.all.map { [$0.metadata.namespace, $0.stateName] }
        }
        gauge("aerie_tfjob_pods", "Pods of TFJobs, by phase.", "phase") {
            stores.tfJobPods.all.map { [$0.metadata.namespace, $0.phase.rawValue] }
        }
        gauge("aerie_experiments", "TrainingExperiments, by state.", "state") {
            stores.experiments.all.map { [$0.metadata.namespace, $0.status?.state.rawValue ?? "Pending"] }
        }
        gauge("aerie_trials", "Trials, by state.", "state") {
            stores.trials.all.map { [$0.metadata.namespace, $0.status?.state.rawValue ?? "Pending"] }
        }
        gauge("aerie_promotions", "ModelPromotions, by state.", "state") {
            stores.promotions.all.map { [$0.metadata.namespace, $0.status?.state.rawValue ?? "Pending"] }
        }
        registry.gauge(
            "aerie_accelerators_in_use", help: "Accelerators that running pods of TFJobs hold.",
            labels: ["namespace", "resource"]
        ) { isLeading.isSet ? Self.accelerators(stores) : [:] }
    }

    private static func accelerators(_ stores: Stores) -> [[String]: Double] {
        var limits: [String: [TFJob.ReplicaType: [String: Double]]] = [:]
        var sum: [[String]: Double] = [:]
        for pod in stores.tfJobPods.all where pod.phase == .running {
            guard let key = TFJob.key(of: pod.metadata), let job = stores.tfJobs[key],
                let type = pod.metadata.labels[TFJob.Label.replicaType]
            else { continue }
            let ofJob = limits[key.description] ?? job.acceleratorLimits
            limits[key.description] = ofJob
            let ofPod = ofJob.first { $0.key.rawValue.lowercased() == type.lowercased() }?.value ?? [:]
            // Floating point: as above.
            for (resource, count) in ofPod { sum[[key.namespace, resource], default: 0] += count }
        }
        return sum
    }
}

/// Whether the controllers run.
final class LeadingFlag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set(_ value: Bool) { state.withLock { $0 = value } }
}

extension TFJob {
    /// The condition that describes the job now; `Pending` before there is one.
    fileprivate var stateName: String {
        let states: [JobCondition.ConditionType] = [.failed, .succeeded, .suspended, .restarting, .running, .created]
        return status.flatMap { status in states.first(where: status.isTrue) }?.rawValue ?? "Pending"
    }

    /// What each pod of a type is given of extended resources, such as `nvidia.com/gpu`.
    fileprivate var acceleratorLimits: [ReplicaType: [String: Double]] {
        var limits: [ReplicaType: [String: Double]] = [:]
        for replica in replicas {
            for container in replica.writtenTemplate["spec"]?["containers"]?.arrayValue ?? [] {
                for (name, value) in container["resources"]?["limits"]?.objectValue ?? [:] where name.contains("/") {
                    let count = value.intValue.map(Double.init) ?? value.stringValue.flatMap(Double.init) ?? 0
                    limits[replica.type, default: [:]][name, default: 0] += count  // Floating point: as above.
                }
            }
        }
        return limits
    }
}
