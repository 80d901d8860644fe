import AerieAPI
import KubernetesAPI

/// What becomes of the best checkpoint.
extension ExperimentRound {
    /// Creates the promotion that the policy asks for, and reports how it goes.
    ///
    /// The name is on record before the object is created, and its state once it was seen: an object that is missing
    /// without ever having been seen is created again, one that someone deleted is not.
    mutating func promote() {
        if let template = spec.promotion, let best = status.best, isDue(template.policy) {
            let name = ChildName.promotion(
                experiment: experiment.metadata.name, uid: experiment.metadata.uid, digest: best.checkpoint.digest)
            if status.promotion?.name != name { status.promotion = PromotionSummary(name: name) }
            if status.promotion?.state == nil, promotion(name) == nil {
                noteRefusal(of: name)
                actions.append(.create(manifest(name, best, template)))
            }
        }
        noteProgress()
    }

    /// What the API server said when the promotion was to be created; while trials are to be created, it was about those.
    private mutating func noteRefusal(of name: String) {
        guard let lastError, lastError.isRefusal, actions.isEmpty else { return }
        let message = "ModelPromotion \(name) cannot be created: \(lastError.message)"
        if status.conditions.first("Promoted")?.message != message { tell(.warning, .promotionRefused, message) }
        set("Promoted", .no, .promotionRefused, message)
    }

    private func isDue(_ policy: PromotionTemplate.Policy) -> Bool {
        switch policy {
        case .onCompletion: status.state == .succeeded
        case .onImprovement: status.state != .failed
        case .never: false
        }
    }

    private func promotion(_ name: String) -> ModelPromotion? { promotions.first { $0.metadata.name == name } }

    private mutating func noteProgress() {
        guard let name = status.promotion?.name, let promotion = promotion(name) else { return }
        let state = promotion.status?.state ?? .pending
        status.promotion = PromotionSummary(
            name: name, state: state, imageDigest: promotion.status?.image?.digest ?? status.promotion?.imageDigest)
        let message = "ModelPromotion \(name) is \(state.rawValue)."
        set("Promoted", state == .ready ? .yes : .no, promotion.status?.reason ?? state.rawValue, message)
    }

    private func manifest(_ name: String, _ best: BestCheckpoint, _ template: PromotionTemplate) -> Manifest {
        let metadata = experiment.metadata
        let promotion = ModelPromotion.Spec(
            source: .init(
                experiment: metadata.name, experimentUID: metadata.uid, trial: best.trial,
                parameters: best.parameters, metrics: best.metrics, datasetURI: spec.dataset.uri,
                datasetDigest: best.datasetDigest),
            checkpoint: best.checkpoint, metric: best.metric, value: best.value, gates: template.gates,
            modelName: metadata.name, trainerImage: spec.trial.trainer.image, builderImage: template.builderImage,
            image: template.image, pushSecretName: template.pushSecretName, podTemplate: template.podTemplate,
            serving: template.serving)
        let labels = [
            Label.experiment: metadata.name, Label.managedBy: Label.manager,
            Label.checkpoint: ChildName.digestPrefix(best.checkpoint.digest, length: 12),
        ]
        return Manifest(
            Reference(ModelPromotion.resource, namespace: metadata.namespace, name: name),
            JSONValue(compacting: [
                "metadata": ["labels": JSONValue(labels)], "spec": try? JSONValue(encoding: promotion),
            ]))
    }
}
