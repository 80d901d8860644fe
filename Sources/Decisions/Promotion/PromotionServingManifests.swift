import AerieAPI
import KubernetesAPI

/// What the deployment and the service of a promoted image look like.
extension PromotionRound {
    static let servingContainer = "serving"
    /// Where TensorFlow Serving speaks REST.
    static let port = 8501

    var servingName: String { spec.servingName }

    /// By what the service finds its pods; it stays the same from promotion to promotion.
    private var selector: [String: String] {
        [Label.applicationName: servingName, Label.component: Self.servingContainer]
    }

    private var servingLabels: [String: String] { labels.merging(selector) { first, _ in first } }

    private func metadata(annotations: [String: String] = [:]) -> JSONValue {
        [
            "labels": JSONValue(servingLabels), "annotations": JSONValue(annotations),
            "ownerReferences": [OwnerReference(controller: promotion).json],
        ]
    }

    func deploymentManifest(_ image: ModelPromotion.Image, _ serving: ServingTemplate) -> Manifest {
        let annotations = [
            Annotation.imageDigest: image.digest, Annotation.promotedAt: promotedAtTime.description,
        ]
        return Manifest(
            Reference(Deployment.resource, namespace: promotion.metadata.namespace, name: servingName),
            [
                "metadata": metadata(annotations: annotations),
                "spec": [
                    "replicas": JSONValue(serving.replicas), "selector": ["matchLabels": JSONValue(selector)],
                    // The old model answers until the new one does.
                    "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 0, "maxSurge": 1]],
                    "template": podTemplate(image, serving),
                ],
            ])
    }

    var serviceManifest: Manifest {
        Manifest(
            Reference(Service.resource, namespace: promotion.metadata.namespace, name: servingName),
            [
                "metadata": metadata(),
                "spec": [
                    "selector": JSONValue(selector),
                    "ports": [
                        ["name": "http", "port": JSONValue(Self.port), "targetPort": "http", "protocol": "TCP"]
                    ],
                ],
            ])
    }

    private func podTemplate(_ image: ModelPromotion.Image, _ serving: ServingTemplate) -> JSONValue {
        // Status is answered while the model still loads; metadata only by a model that is there.
        let probe: JSONValue = [
            "httpGet": ["path": .string("/v1/models/\(spec.modelName)/metadata"), "port": "http"], "periodSeconds": 2,
            "failureThreshold": 3,
        ]
        let container: JSONValue = [
            "name": .string(Self.servingContainer), "image": .string(image.reference),
            "args": ["--address", "$(POD_IP)"],
            "env": [
                RestrictedPod.variable("POD_IP", field: "status.podIP"),
                RestrictedPod.variable("MODEL_NAME", spec.modelName),
                // TensorFlow reads it before `main`; its notices are no JSON, its warnings and errors stay.
                RestrictedPod.variable("TF_CPP_MIN_LOG_LEVEL", "1"),
            ],
            "ports": [["name": "http", "containerPort": JSONValue(Self.port), "protocol": "TCP"]],
            "readinessProbe": probe, "securityContext": RestrictedPod.container,
        ]
        var pod = RestrictedPod.spec
        pod["containers"] = [container]
        return PodTemplateMerge.merge(
            [
                "metadata": [
                    "labels": JSONValue(servingLabels), "annotations": [Annotation.imageDigest: .string(image.digest)],
                ], "spec": .object(pod),
            ], with: serving.podTemplate)
    }
}
