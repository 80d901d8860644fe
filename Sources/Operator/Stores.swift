import AerieAPI
import ControllerRuntime
import Decisions
import KubernetesAPI
import KubernetesClient

/// What the operator knows of the cluster.
///
/// Caches are scoped by label wherever others have objects of the same kind: the operator never holds all pods of a
/// cluster.
struct Stores: Sendable {
    let tfJobs = Store<TFJob>()
    /// By ``TFJob/group(_:)`` of the job that their labels name.
    let tfJobPods = Store<Pod>(groupedBy: { TFJob.group(of: $0.metadata) })
    let tfJobServices = Store<Service>(groupedBy: { TFJob.group(of: $0.metadata) })
    /// Filled only where pods are scheduled in gangs.
    let gang: GangStores
    let experiments = Store<TrainingExperiment>()
    /// By the uid of their experiment, and by the profile that they ask for.
    let trials = Store<Trial>(inGroups: { trial in
        let profile = trial.spec.template.accelerator.map { Trial.group(profile: $0.profile) }
        return [trial.metadata.controller?.uid, profile].compactMap { $0 }
    })
    /// By the uid of the experiment that they came from, since they have no owner, and by the deployment that they share.
    let promotions = Store<ModelPromotion>(inGroups: { promotion in
        [promotion.spec.source.experimentUID, promotion.deployment.map(ModelPromotion.group)].compactMap { $0 }
    })
    let profiles = Store<AcceleratorProfile>()
    let promotionJobs = Store<Job>()
    /// By the uid of the job that runs them.
    let promotionPods = Store<Pod>()
    let deployments = Store<Deployment>()
    let promotionServices = Store<Service>()

    init(gangScheduler: GangScheduler?) { gang = GangStores(gangScheduler) }

    var isSynced: Bool {
        gang.isSynced && tfJobs.isSynced && tfJobPods.isSynced && tfJobServices.isSynced && experiments.isSynced
            && trials.isSynced
            && promotions.isSynced && profiles.isSynced && promotionJobs.isSynced && promotionPods.isSynced
            && deployments.isSynced && promotionServices.isSynced
    }

    /// The stores that hold what the operator itself writes.
    var writeThrough: WriteThrough {
        var stores = WriteThrough()
        stores.add(tfJobs)
        stores.add(tfJobPods, where: \.isOfTFJob)
        stores.add(tfJobServices, where: \.isOfTFJob)
        gang.add(to: &stores)
        stores.add(experiments)
        stores.add(trials)
        stores.add(promotions)
        stores.add(promotionJobs, where: \.isOfPromotion)
        stores.add(deployments, where: \.isOfPromotion)
        stores.add(promotionServices, where: \.isOfPromotion)
        return stores
    }

    /// What pods and services of TFJobs are found by, upstream's as well as ours.
    static let tfJobSelector = "\(TFJob.Label.operatorName)=\(TFJob.Label.controller)"
    /// What the objects of promotions are found by.
    static let promotionSelector = Label.promotion
}

extension ObjectMeta {
    /// As ``Stores/tfJobSelector`` selects.
    fileprivate var isOfTFJob: Bool { labels[TFJob.Label.operatorName] == TFJob.Label.controller }
    /// As ``Stores/promotionSelector`` selects.
    fileprivate var isOfPromotion: Bool { labels[Label.promotion] != nil }
}

extension Trial {
    /// The name under which the trials that ask for a profile are found in a store; no uid has its form.
    static func group(profile: String) -> String { "profile \(profile)" }
}

extension ModelPromotion {
    /// The deployment that runs it, shared with the other promotions of its serving name.
    var deployment: ObjectKey? {
        spec.serving.map { _ in ObjectKey(namespace: metadata.namespace, name: spec.servingName) }
    }

    /// The name under which the promotions that share a deployment are found in a store; no uid has its form.
    static func group(_ deployment: ObjectKey) -> String { "deployment \(deployment)" }
}

extension TFJob {
    /// The name under which a job's pods and services are found in a store.
    static func group(_ key: ObjectKey) -> String { key.description }

    /// The group of a pod or service, by its labels.
    static func group(of child: ObjectMeta) -> String? { key(of: child).map(group) }

    /// The job that a pod or service belongs to, by its labels.
    static func key(of child: ObjectMeta) -> ObjectKey? {
        guard child.labels[Label.operatorName] == Label.controller, let name = child.labels[Label.jobName] else {
            return nil
        }
        return ObjectKey(namespace: child.namespace, name: name)
    }
}
