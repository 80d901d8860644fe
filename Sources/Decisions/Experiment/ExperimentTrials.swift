import AerieAPI
import KubernetesAPI
import Suggestion

/// Which trials there shall be next.
extension ExperimentRound {
    /// Creates trials up to the limits; a number that was given before but never became an object goes first.
    ///
    /// No more run at once than may, whatever objects there are and whatever the status says was given.
    mutating func wantTrials() {
        let room = spec.parallelTrials.subtractingWithSaturation(roll.active.count)
        let missing = roll.missing
        for number in missing.prefix(max(0, room)) { create(number) }
        let further = min(
            room.subtractingWithSaturation(missing.count), limit.subtractingWithSaturation(roll.created))
        if further > 0, !spec.suspend {
            created = roll.created.addingWithSaturation(further)
            // In order: there is at least one further.
            for number in roll.created.addingWithSaturation(1)...created { create(number) }
        }
        noteState()
    }

    private mutating func noteState() {
        if let lastError, lastError.isRefusal, !actions.isEmpty {
            let message = "Trials cannot be created: \(lastError.message)"
            if status.reason != ExperimentReason.trialsRefused.rawValue { tell(.warning, .trialsRefused, message) }
            become(.pending, .trialsRefused, message)
        } else if spec.suspend, roll.active.isEmpty {
            become(.suspended, .suspended, "The experiment is suspended.")
        } else if let trouble = commonTrouble {
            if status.reason != trouble.reason {
                events.append(.init(.warning, reason: trouble.reason, message: trouble.message.end(bytes: 1_000)))
            }
            become(.pending, trouble.reason, trouble.message)
        } else {
            become(.running, .trialsRunning, "Trials run.")
        }
    }

    /// What the trials wait for, when none of them gets on.
    private var commonTrouble: (reason: String, message: String)? {
        guard roll.active.allSatisfy({ roll.state(of: $0) == .pending }) else { return nil }
        let everyday = [TrialReason.tfJobCreated.rawValue, TrialReason.stopping.rawValue, "Suspended"]
        for trial in roll.active {
            guard let reason = trial.status?.reason, !everyday.contains(reason), !reason.hasSuffix("Restarting")
            else { continue }
            let words = trial.status?.conditions.first("Running")?.message ?? reason
            return (reason, "Trial \(trial.metadata.name) waits: \(words)")
        }
        return nil
    }

    private mutating func become(
        _ state: TrainingExperiment.State, _ reason: ExperimentReason, _ message: String
    ) {
        become(state, reason.rawValue, message)
    }

    private mutating func become(_ state: TrainingExperiment.State, _ reason: String, _ message: String) {
        status.state = state
        status.reason = reason
        set("Running", state == .running ? .yes : .no, reason, message)
    }

    private mutating func create(_ number: Int) {
        guard let assignment = sampler.propose(number...number, history: history).first else { return }
        actions.append(.create(manifest(number, assignment)))
    }

    private var history: [Outcome] {
        roll.inOrder.map { Outcome(number: $0.spec.number, assignment: $0.spec.parameters, value: $0.status?.value) }
    }

    private func manifest(_ number: Int, _ assignment: Assignment) -> Manifest {
        let metadata = experiment.metadata
        let name = ChildName.trial(experiment: metadata.name, number: number)
        let folder = ChildName.trialFolder(
            namespace: metadata.namespace, experiment: metadata.name, uid: metadata.uid, trial: name)
        // Validation has read the uri before.
        let store = (try? StorageURI(spec.checkpoints.uri).appending(folder).description) ?? spec.checkpoints.uri
        let trial = Trial.Spec(
            experiment: metadata.name, number: number, parameters: assignment, objective: spec.objective,
            dataset: spec.dataset, checkpoints: CheckpointStore(uri: store, keep: spec.checkpoints.keep),
            template: spec.trial)
        let labels = [
            Label.experiment: metadata.name, Label.trialNumber: String(number), Label.managedBy: Label.manager,
        ]
        return Manifest(
            Reference(Trial.resource, namespace: metadata.namespace, name: name),
            JSONValue(compacting: [
                "metadata": [
                    "labels": JSONValue(labels.merging(queueing(metadata.labels)) { own, _ in own }),
                    "annotations": JSONValue(queueing(metadata.annotations)),
                    "ownerReferences": [OwnerReference(controller: experiment).json],
                ],
                "spec": try? JSONValue(encoding: trial),
            ]))
    }

    /// What a queue looks at goes down to where admission is decided.
    private func queueing(_ values: [String: String]) -> [String: String] {
        values.filter { $0.key.hasPrefix(Label.queuePrefix) }
    }
}
