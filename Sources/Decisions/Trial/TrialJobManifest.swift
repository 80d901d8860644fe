import AerieAPI
import KubernetesAPI

/// What the TFJob of a trial looks like: one worker that runs the trainer under the contract.
extension TrialRound {
    private static let dataPath = "/data"
    private static let checkpointPath = "/checkpoints"

    func tfJobManifest(_ settings: PodSettings) -> Manifest {
        let template = trial.spec.template
        let spec = JSONValue(compacting: [
            "runPolicy": JSONValue(compacting: [
                // The pod keeps the result and the log.
                "cleanPodPolicy": "None", "backoffLimit": JSONValue(template.backoffLimit),
                "activeDeadlineSeconds": template.activeDeadlineSeconds.map { JSONValue($0) },
            ]),
            "tfReplicaSpecs": [
                "Worker": ["replicas": 1, "restartPolicy": "ExitCode", "template": podTemplate(settings)]
            ],
        ])
        let metadata: JSONValue = [
            "labels": JSONValue(labels.merging(queueing(trial.metadata.labels)) { own, _ in own }),
            "annotations": JSONValue(queueing(trial.metadata.annotations)),
            "ownerReferences": [OwnerReference(controller: trial).json],
        ]
        return Manifest(
            Reference(TFJob.resource, trial.metadata.key), ["metadata": metadata, "spec": spec])
    }

    private var labels: [String: String] {
        [
            Label.experiment: trial.spec.experiment, Label.trial: trial.metadata.name,
            Label.trialNumber: String(trial.spec.number), Label.managedBy: Label.manager,
        ]
    }

    private func queueing(_ values: [String: String]) -> [String: String] {
        values.filter { $0.key.hasPrefix(Label.queuePrefix) }
    }

    private func podTemplate(_ settings: PodSettings) -> JSONValue {
        let dataset = mount(trial.spec.dataset.uri, volume: "dataset", at: Self.dataPath, readOnly: true)
        let checkpoints = mount(
            trial.spec.checkpoints.uri, volume: "checkpoints", at: Self.checkpointPath, readOnly: false)
        let mounts = [dataset, checkpoints]
        let container = JSONValue(compacting: [
            "name": .string(TFJob.Name.container), "image": .string(trial.spec.template.trainer.image),
            "args": ["train"],
            // TensorFlow's notices about itself; a template may ask for them.
            "env": [RestrictedPod.variable("TF_CPP_MIN_LOG_LEVEL", "1")],
            "volumeMounts": .array(mounts.compactMap(\.mount)),
            "securityContext": RestrictedPod.container, "terminationMessagePolicy": "FallbackToLogsOnError",
            "resources": settings.limits.isEmpty ? nil : ["limits": .object(settings.limits)],
        ])
        var spec = RestrictedPod.spec
        spec["containers"] = [container]
        spec["volumes"] = .array(mounts.compactMap(\.volume))
        if !settings.nodeSelector.isEmpty { spec["nodeSelector"] = JSONValue(settings.nodeSelector) }
        if !settings.tolerations.isEmpty { spec["tolerations"] = .array(settings.tolerations) }
        let base: JSONValue = ["metadata": ["labels": JSONValue(labels)], "spec": .object(spec)]
        // The contract comes last: no template may change what the trial is told.
        return PodTemplateMerge.merge(base, with: trial.spec.template.podTemplate).withTensorFlowContainer {
            let own = environment(dataset: dataset.uri, checkpoints: checkpoints.uri)
            $0["env"] = .array(PodTemplateMerge.byKey("name", own, $0["env"]?.arrayValue ?? []) { first, _ in first })
        }
    }

    /// A place that validation has read before.
    private func mount(_ uri: String, volume: String, at path: String, readOnly: Bool) -> StorageMount {
        let place = (try? StorageURI(uri)) ?? .remote(uri)
        return StorageMount(place, volume: volume, at: path, readOnly: readOnly)
    }

    private func environment(dataset: String, checkpoints: String) -> [JSONValue] {
        let spec = trial.spec
        let environment = TrialEnvironment(
            experiment: spec.experiment, trial: trial.metadata.name, trialUID: trial.metadata.uid,
            parameters: spec.parameters, datasetURI: dataset, datasetDigest: spec.dataset.digest,
            checkpointURI: checkpoints, checkpointKeep: spec.checkpoints.keep, objective: spec.objective,
            trainer: spec.template.trainer.block)
        let variables = (try? environment.variables()) ?? [:]
        return TrialVariable.allCases.compactMap { variable in
            if variable == .podUID { return RestrictedPod.variable(variable.rawValue, field: "metadata.uid") }
            return variables[variable].map { RestrictedPod.variable(variable.rawValue, $0) }
        }
    }
}
