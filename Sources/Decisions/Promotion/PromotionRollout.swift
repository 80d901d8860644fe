import AerieAPI
import KubernetesAPI

/// From an image to a model that answers.
extension PromotionRound {
    mutating func roll(out image: ModelPromotion.Image) {
        guard let serving = spec.serving else {
            return arrive(.imagePushed, "\(image.reference) was pushed; no serving was asked for.")
        }
        if let deployment, !isOurs(deployment.metadata) {
            requeueAfter = .seconds(30)
            return stall(
                .deploying, .nameTaken,
                "A Deployment named \(deployment.metadata.name) is not managed by Aerie; rename one of them.")
        }
        if let deployment, isLater(deployment.metadata) {
            return become(
                .superseded, .supersededByLater,
                "ModelPromotion \(deployment.metadata.labels[Label.promotion] ?? "") came later and runs instead.")
        }
        applyMissing(image, serving)
        status.url =
            "http://\(servingName).\(promotion.metadata.namespace).svc:\(Self.port)/v1/models/\(spec.modelName)"
        if actions.isEmpty, let deployment, deployment.isAvailable(replicas: serving.replicas) {
            arrive(.modelAvailable, "\(image.reference) answers.")
        } else if let lastError, !actions.isEmpty,
            [.forbidden, .invalid, .badRequest, .alreadyExists].contains(lastError.reason)
        {
            stall(.deploying, .refused, "The rollout was refused: \(lastError.message)")
        } else {
            let available = deployment?.status?.availableReplicas ?? 0
            become(
                .deploying, .rollingOut,
                progressTrouble ?? "\(available) of \(serving.replicas) replicas are available.")
        }
    }

    /// Ready, and once and for all a success.
    private mutating func arrive(_ reason: PromotionReason, _ message: String) {
        become(.ready, reason, message)
        guard !status.conditions.isTrue("Succeeded") else { return }
        status.completionTime = now
        set("Succeeded", .yes, reason, message)
    }

    private mutating func applyMissing(_ image: ModelPromotion.Image, _ serving: ServingTemplate) {
        let wanted = [
            (deployment?.metadata, deploymentManifest(image, serving)), (service?.metadata, serviceManifest),
        ]
        for (present, manifest) in wanted {
            let signed = manifest.signed
            if present?.annotations[Annotation.manifestHash] != signed.hash { actions.append(.apply(signed.manifest)) }
        }
    }

    /// An unmanaged object of the same name is never overwritten.
    private func isOurs(_ metadata: ObjectMeta) -> Bool { metadata.labels[Label.managedBy] == Label.manager }

    private func isLater(_ metadata: ObjectMeta) -> Bool {
        guard let other = metadata.labels[Label.promotion], other != promotion.metadata.name,
            let promotedAt = metadata.annotations[Annotation.promotedAt].flatMap({ Time($0) })
        else { return false }
        return (promotedAt, other) > (promotedAtTime, promotion.metadata.name)
    }

    var promotedAtTime: Time { promotion.metadata.creationTimestamp ?? Time(seconds: 0) }

    /// Why the deployment does not get on, in its own words.
    private var progressTrouble: String? {
        deployment?.status?.conditions?.first {
            ($0.type == "Progressing" && $0.status == .no) || ($0.type == "ReplicaFailure" && $0.status == .yes)
        }?.message
    }
}

extension Deployment {
    /// Whether all pods run the newest template and enough of them answer.
    fileprivate func isAvailable(replicas: Int) -> Bool {
        guard let status, (status.observedGeneration ?? 0) >= metadata.generation else { return false }
        return (status.updatedReplicas ?? 0) >= replicas && (status.availableReplicas ?? 0) >= replicas
            && (status.replicas ?? 0) == (status.updatedReplicas ?? 0)
    }
}

extension Manifest {
    /// The manifest with a note of its own hash, by which an unchanged one is recognised.
    fileprivate var signed: (manifest: Manifest, hash: String) {
        let hash = StableHash(body).hexadecimal
        var body = body
        var metadata = body["metadata"] ?? [:]
        var annotations = metadata["annotations"] ?? [:]
        annotations[Annotation.manifestHash] = .string(hash)
        metadata["annotations"] = annotations
        body["metadata"] = metadata
        return (Manifest(reference, body), hash)
    }
}
