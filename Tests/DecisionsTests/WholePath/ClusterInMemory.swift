import AerieAPI
import Decisions
import KubernetesAPI

/// Objects as documents, the four decisions, and nodes that run every pod to its end at once.
///
/// Nothing goes wrong here: this shows that the decisions understand each other's objects.
struct ClusterInMemory {
    var objects: [Reference: JSONValue] = [:]
    var events: [String] = []
    private var uids = 0
    private var now = Time(seconds: 1_700_000_000)
    /// What a trial's container says in the end, by the trial's environment.
    let train: (TrialEnvironment) throws -> TrialResult

    init(train: @escaping (TrialEnvironment) throws -> TrialResult) { self.train = train }

    func all<Kind: KubernetesObject>(_ kind: Kind.Type) throws -> [Kind] {
        try objects.filter { $0.key.resource == Kind.resource }.sorted { $0.key.key < $1.key.key }
            .map { try $0.value.decode(Kind.self) }
    }

    private func owned<Kind: KubernetesObject>(_ kind: Kind.Type, by uid: String) throws -> [Kind] {
        try all(kind).filter { $0.metadata.controller?.uid == uid }
    }

    mutating func create(_ manifest: Manifest) {
        guard objects[manifest.reference] == nil else { return }
        uids += 1
        var body = manifest.body
        body["metadata"]?["uid"] = .string("0000000\(uids)-uid")
        body["metadata"]?["generation"] = 1
        body["metadata"]?["creationTimestamp"] = .string(now.description)
        objects[manifest.reference] = body
    }

    private mutating func carryOut(_ plan: Plan, for reference: Reference) {
        if let status = plan.status { objects[reference]?["status"] = status }
        for action in plan.actions {
            switch action {
            case .create(let manifest): create(manifest)
            case .apply(let manifest):
                let (uid, status) = (
                    objects[manifest.reference]?["metadata"]?["uid"], objects[manifest.reference]?["status"]
                )
                objects[manifest.reference] = nil
                create(manifest)
                if let uid { objects[manifest.reference]?["metadata"]?["uid"] = uid }
                objects[manifest.reference]?["status"] = status
            case .patch(let reference, _, let patch):
                for (name, value) in patch["spec"]?.objectValue ?? [:] { objects[reference]?["spec"]?[name] = value }
            case .delete(let reference, _, _): objects[reference] = nil
            }
        }
        events += plan.events.map(\.reason)
    }

    /// Every object is looked at once, then every node does its work; `false` when nothing changed.
    mutating func turn() throws -> Bool {
        let before = objects
        now = now.advanced(bySeconds: 1)
        for experiment in try all(TrainingExperiment.self) {
            let plan = ExperimentDecision.decide(
                .init(
                    experiment: experiment, trials: try all(Trial.self), promotions: try all(ModelPromotion.self),
                    now: now))
            carryOut(plan, for: experiment.reference)
        }
        for trial in try all(Trial.self) {
            let job = try all(TFJob.self).first { $0.metadata.key == trial.metadata.key }
            let pods = try job.map { try owned(Pod.self, by: $0.metadata.uid) } ?? []
            carryOut(TrialDecision.decide(.init(trial: trial, tfJob: job, pods: pods, now: now)), for: trial.reference)
        }
        for job in try all(TFJob.self) {
            let uid = job.metadata.uid
            let plan = TFJobDecision.decide(
                .init(
                    job: job, pods: try owned(Pod.self, by: uid), services: try owned(Service.self, by: uid), now: now))
            carryOut(plan, for: job.reference)
        }
        for promotion in try all(ModelPromotion.self) {
            let job = try owned(Job.self, by: promotion.metadata.uid).first
            let plan = PromotionDecision.decide(
                .init(
                    promotion: promotion, job: job,
                    pods: try job.map { try owned(Pod.self, by: $0.metadata.uid) } ?? [],
                    deployment: try all(Deployment.self).first { $0.metadata.name == promotion.spec.servingName },
                    service: try all(Service.self).first { $0.metadata.name == promotion.spec.servingName }, now: now))
            carryOut(plan, for: promotion.reference)
        }
        try runTrials()
        try runPromotions()
        return objects != before
    }

    // MARK: Nodes, and the controllers of Kubernetes itself

    private mutating func runTrials() throws {
        for (reference, document) in objects where reference.resource == Pod.resource && document["status"] == nil {
            guard let container = document["spec"]?["containers"]?[0], container["name"] == "tensorflow" else {
                continue
            }
            let variables = (container["env"]?.arrayValue ?? []).compactMap { variable in
                variable["name"]?.stringValue.map { ($0, variable["value"]?.stringValue ?? "") }
            }
            let result = try train(TrialEnvironment(variables: Dictionary(variables) { first, _ in first }))
            let ended = try status(
                container: "tensorflow", message: String(decoding: result.termination(), as: UTF8.self))
            objects[reference]?["status"] = ended
        }
    }

    private mutating func runPromotions() throws {
        for job in try all(Job.self) where job.status == nil {
            let digest = "sha256:" + String(repeating: "fedcba9876543210", count: 4)
            let pod = Manifest(
                Reference(Pod.resource, namespace: job.metadata.namespace, name: "\(job.metadata.name)-x"),
                ["metadata": ["ownerReferences": [OwnerReference(controller: job).json]]])
            create(pod)
            let ended = try status(container: "build", message: #"{"digest":"\#(digest)"}"#)
            objects[pod.reference]?["status"] = ended
            objects[job.reference]?["status"] = ["conditions": [["type": "Complete", "status": "True"]]]
        }
        for deployment in try all(Deployment.self) {
            let replicas = objects[deployment.reference]?["spec"]?["replicas"]?.intValue ?? 0
            objects[deployment.reference]?["status"] = try JSONValue(
                encoding: Deployment.Status(
                    observedGeneration: 1, replicas: replicas, updatedReplicas: replicas, readyReplicas: replicas,
                    availableReplicas: replicas))
        }
    }

    private func status(container: String, message: String) throws -> JSONValue {
        try JSONValue(
            encoding: Pod.Status(
                phase: .succeeded,
                containerStatuses: [
                    ContainerStatus(
                        name: container,
                        state: .init(
                            terminated: .init(exitCode: 0, reason: "Completed", message: message, finishedAt: now)))
                ]))
    }
}
