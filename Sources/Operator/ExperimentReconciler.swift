import AerieAPI
import ControllerRuntime
import Decisions
import KubernetesAPI

/// Proposes trials, keeps the best checkpoint, and promotes it.
struct ExperimentReconciler: Reconciler {
    let stores: Stores

    func observe(
        _ key: ObjectKey, now: Time, lastFailure: KubernetesError?
    ) -> (object: TrainingExperiment, observed: ExperimentDecision.Observed)? {
        guard let experiment = stores.experiments[key] else { return nil }
        let uid = experiment.metadata.uid
        return (
            experiment,
            ExperimentDecision.Observed(
                experiment: experiment, trials: stores.trials.group(uid), promotions: stores.promotions.group(uid),
                now: now, lastError: lastFailure)
        )
    }

    static func decide(_ observed: ExperimentDecision.Observed) -> Plan { ExperimentDecision.decide(observed) }
}
