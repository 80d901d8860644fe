import AerieAPI
import ControllerRuntime
import KubernetesAPI

/// One work queue for each kind, and the rules by which a change of one object asks for another.
struct Queues: Sendable {
    let tfJobs: KeyQueue
    let trials: KeyQueue
    let experiments: KeyQueue
    let promotions: KeyQueue

    init(metrics: RuntimeMetrics) {
        tfJobs = KeyQueue(name: "tfjob", metrics: metrics)
        trials = KeyQueue(name: "trial", metrics: metrics)
        experiments = KeyQueue(name: "trainingexperiment", metrics: metrics)
        promotions = KeyQueue(name: "modelpromotion", metrics: metrics)
    }

    /// Asks for every object that has a controller.
    func addAll(in stores: Stores) {
        for job in stores.tfJobs.all { tfJobs.add(job.metadata.key) }
        for trial in stores.trials.all { trials.add(trial.metadata.key) }
        for experiment in stores.experiments.all { experiments.add(experiment.metadata.key) }
        for promotion in stores.promotions.all { promotions.add(promotion.metadata.key) }
    }

    /// Whether a key waits that has more to do than to tidy up, or one was handed out a moment ago.
    var isBusy: Bool { tfJobs.isBusy || trials.isBusy || experiments.isBusy || promotions.isBusy }

    func listen(to stores: Stores) {
        stores.tfJobs.onChange { [tfJobs, trials] job in
            tfJobs.add(job.metadata.key)
            trials.add(job.metadata.owner(Trial.self))
        }
        stores.tfJobPods.onChange { [tfJobs, trials] pod in
            guard let job = TFJob.key(of: pod.metadata) else { return }
            tfJobs.add(job)
            // A trial's TFJob has the trial's name.
            if pod.metadata.labels[Label.trial] != nil { trials.add(job) }
        }
        stores.tfJobServices.onChange { [tfJobs] service in tfJobs.add(TFJob.key(of: service.metadata)) }
        stores.gang.onChange { [tfJobs] job in tfJobs.add(job) }
        stores.trials.onChange { [trials, experiments] trial in
            trials.add(trial.metadata.key)
            experiments.add(trial.metadata.owner(TrainingExperiment.self))
        }
        stores.experiments.onChange { [experiments] in experiments.add($0.metadata.key) }
        stores.profiles.onChange { [trials] profile in
            for trial in stores.trials.group(Trial.group(profile: profile.metadata.name)) {
                trials.add(trial.metadata.key)
            }
        }
        stores.promotions.onChange { [promotions, experiments] promotion in
            promotions.add(promotion.metadata.key)
            experiments.add(
                ObjectKey(namespace: promotion.metadata.namespace, name: promotion.spec.source.experiment))
        }
        stores.promotionJobs.onChange { [promotions] in promotions.add($0.metadata.promotion) }
        stores.promotionPods.onChange { [promotions] in promotions.add($0.metadata.promotion) }
        stores.deployments.onChange { [promotions] deployment in
            // All that share the deployment: one that was superseded takes over when its successor goes.
            for promotion in stores.promotions.group(ModelPromotion.group(deployment.metadata.key)) {
                promotions.add(promotion.metadata.key)
            }
            promotions.add(deployment.metadata.promotion)
        }
        stores.promotionServices.onChange { [promotions] service in
            // It shares the deployment's name.
            for promotion in stores.promotions.group(ModelPromotion.group(service.metadata.key)) {
                promotions.add(promotion.metadata.key)
            }
            promotions.add(service.metadata.promotion)
        }
    }
}

extension KeyQueue {
    fileprivate func add(_ key: ObjectKey?) {
        if let key { add(key) }
    }
}

extension ObjectMeta {
    /// The object of this kind that manages the object, if one does.
    fileprivate func owner<Owner: KubernetesObject>(_ type: Owner.Type) -> ObjectKey? {
        guard let owner = controller, owner.kind == Owner.resource.kind, owner.apiVersion == Owner.resource.apiVersion
        else { return nil }
        return ObjectKey(namespace: namespace, name: owner.name)
    }

    /// The promotion that the object was made for, by its label.
    fileprivate var promotion: ObjectKey? {
        labels[Label.promotion].map { ObjectKey(namespace: namespace, name: $0) }
    }
}
