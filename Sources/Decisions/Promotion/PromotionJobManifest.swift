import AerieAPI
import KubernetesAPI

/// What the job of a promotion looks like: a pod that exports first and then builds and pushes.
extension PromotionRound {
    static let exportContainer = "export"
    static let buildContainer = "build"
    private static let checkpointPath = "/checkpoints"
    private static let workspacePath = "/workspace"
    private static let modelPath = "/workspace/model"
    private static let dockerConfigurationPath = "/docker-config"

    var jobManifest: Manifest {
        let spec: JSONValue = [
            // Exporting and pushing may be repeated: the same digest comes out. The delays between five tries add up to
            // five minutes in which a registry may be away.
            "backoffLimit": 5, "activeDeadlineSeconds": 3600, "template": podTemplate,
        ]
        return Manifest(
            Reference(Job.resource, promotion.metadata.key),
            [
                "metadata": [
                    "labels": JSONValue(labels), "ownerReferences": [OwnerReference(controller: promotion).json],
                ],
                "spec": spec,
            ])
    }

    private var podTemplate: JSONValue {
        // Validation has read the uri before.
        let place = (try? StorageURI(spec.checkpoint.uri)) ?? .remote(spec.checkpoint.uri)
        let checkpoints = StorageMount(place, volume: "checkpoints", at: Self.checkpointPath, readOnly: true)
        var volumes: [JSONValue] = [["name": "workspace", "emptyDir": [:]]] + [checkpoints.volume].compactMap { $0 }
        if let secret = spec.pushSecretName { volumes.append(Self.dockerConfiguration(secret)) }
        var pod = RestrictedPod.spec
        pod["restartPolicy"] = "Never"
        pod["volumes"] = .array(volumes)
        pod["initContainers"] = [exporter(checkpoints)]
        pod["containers"] = [builder]
        return PodTemplateMerge.merge(
            ["metadata": ["labels": JSONValue(labels)], "spec": .object(pod)], with: spec.podTemplate)
    }

    private func exporter(_ checkpoints: StorageMount) -> JSONValue {
        let folder = checkpoints.mount == nil ? checkpoints.uri : Self.checkpointPath
        return [
            "name": .string(Self.exportContainer), "image": .string(spec.trainerImage),
            "args": [
                "export", "--checkpoint", .string("\(folder)/\(spec.checkpoint.path)"), "--digest",
                .string(spec.checkpoint.digest), "--output", .string(Self.modelPath),
            ],
            "volumeMounts": .array([Self.workspace] + [checkpoints.mount].compactMap { $0 }),
            "securityContext": RestrictedPod.container, "terminationMessagePolicy": "FallbackToLogsOnError",
        ]
    }

    private var builder: JSONValue {
        var mounts = [Self.workspace]
        var environment: [JSONValue] = []
        if spec.pushSecretName != nil {
            mounts.append([
                "name": "docker-config", "mountPath": .string(Self.dockerConfigurationPath), "readOnly": true,
            ])
            environment.append(RestrictedPod.variable("DOCKER_CONFIG", Self.dockerConfigurationPath))
        }
        return [
            "name": .string(Self.buildContainer), "image": .string(spec.builderImage),
            "args": .array(buildArguments.map { .string($0) }), "env": .array(environment),
            "volumeMounts": .array(mounts), "securityContext": RestrictedPod.container,
            "terminationMessagePolicy": "FallbackToLogsOnError",
        ]
    }

    private var buildArguments: [String] {
        [
            "image", "build", "--model", Self.modelPath, "--name", spec.modelName, "--model-version", "1",
            // A tag of its own keeps the image from being collected when the next one is pushed.
            "--base", spec.image.base, "--push", "\(spec.image.repository):\(promotion.metadata.name)",
        ] + provenance.flatMap { ["--label", "\($0)=\($1)"] }
    }

    /// What the image says about where its model came from, in the order of the names.
    private var provenance: [(String, String)] {
        let known: [(String, String?)] = [
            ("dev.aerie.checkpoint.digest", spec.checkpoint.digest),
            ("dev.aerie.checkpoint.step", String(spec.checkpoint.step)),
            ("dev.aerie.dataset.digest", spec.source.datasetDigest),
            ("dev.aerie.experiment", "\(promotion.metadata.namespace)/\(spec.source.experiment)"),
            ("dev.aerie.metric.name", spec.metric),
            ("dev.aerie.metric.value", "\(spec.value)"),
            ("dev.aerie.parameters", JSONValue.object(spec.source.parameters).description),
            ("dev.aerie.trial", spec.source.trial),
        ]
        return known.compactMap { name, value in value.map { (name, $0) } }
    }

    private static let workspace: JSONValue = ["name": "workspace", "mountPath": .string(workspacePath)]

    private static func dockerConfiguration(_ secret: String) -> JSONValue {
        [
            "name": "docker-config",
            "secret": [
                "secretName": .string(secret), "items": [["key": ".dockerconfigjson", "path": "config.json"]],
            ],
        ]
    }
}
