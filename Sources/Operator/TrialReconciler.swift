import AerieAPI
import ControllerRuntime
import Decisions
import KubernetesAPI

/// Turns trials into TFJobs and takes their results in.
struct TrialReconciler: Reconciler {
    let stores: Stores

    func observe(
        _ key: ObjectKey, now: Time, lastFailure: KubernetesError?
    ) -> (object: Trial, observed: TrialDecision.Observed)? {
        guard let trial = stores.trials[key] else { return nil }
        // Profiles are cluster-scoped: they have a name only.
        let profile = trial.spec.template.accelerator.flatMap {
            stores.profiles[ObjectKey(namespace: "", name: $0.profile)]
        }
        return (
            trial,
            TrialDecision.Observed(
                trial: trial, tfJob: stores.tfJobs[key], pods: stores.tfJobPods.group(TFJob.group(key)),
                profile: profile, now: now, lastError: lastFailure)
        )
    }

    static func decide(_ observed: TrialDecision.Observed) -> Plan { TrialDecision.decide(observed) }
}
