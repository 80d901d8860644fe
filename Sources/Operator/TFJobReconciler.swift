import AerieAPI
import ControllerRuntime
import Decisions
import KubernetesAPI

/// Keeps the pods and services of TFJobs as they should be.
struct TFJobReconciler: Reconciler {
    let stores: Stores
    let configuration: TFJobDecision.Configuration
    let coexistence: TrainingOperatorWatch

    func observe(
        _ key: ObjectKey, now: Time, lastFailure: KubernetesError?
    ) -> (object: TFJob, observed: TFJobDecision.Observed)? {
        guard let job = stores.tfJobs[key] else { return nil }
        let group = TFJob.group(key)
        return (
            job,
            TFJobDecision.Observed(
                job: job, pods: stores.tfJobPods.group(group), services: stores.tfJobServices.group(group),
                podGroup: stores.gang.podGroup(key), priorities: stores.gang.priorities, now: now,
                lastError: lastFailure, configuration: configuration, hold: coexistence.hold)
        )
    }

    static func decide(_ observed: TFJobDecision.Observed) -> Plan { TFJobDecision.decide(observed) }
}
