import AerieAPI
import ControllerRuntime
import Decisions
import KubernetesAPI

/// Takes chosen checkpoints through gates, export and image build to a rollout.
struct PromotionReconciler: Reconciler {
    let stores: Stores

    func observe(
        _ key: ObjectKey, now: Time, lastFailure: KubernetesError?
    ) -> (object: ModelPromotion, observed: PromotionDecision.Observed)? {
        guard let promotion = stores.promotions[key] else { return nil }
        // The job that exports and builds has the promotion's name.
        let job = stores.promotionJobs[key]
        let servingKey = ObjectKey(namespace: key.namespace, name: promotion.spec.servingName)
        let siblings = promotion.deployment.map { deployment in
            // The other groups have names that anybody may write.
            stores.promotions.group(ModelPromotion.group(deployment)).filter { $0.deployment == deployment }
        }
        return (
            promotion,
            PromotionDecision.Observed(
                promotion: promotion, job: job, pods: job.map { stores.promotionPods.group($0.metadata.uid) } ?? [],
                deployment: stores.deployments[servingKey], service: stores.promotionServices[servingKey], now: now,
                lastError: lastFailure, siblings: Set((siblings ?? []).map(\.metadata.uid)))
        )
    }

    static func decide(_ observed: PromotionDecision.Observed) -> Plan { PromotionDecision.decide(observed) }
}
