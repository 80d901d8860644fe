import AerieAPI
import KubernetesAPI

extension TFJob {
    /// A job called `mnist` with these replicas, all of them with one restart policy.
    static func fixture(
        workers: Int? = nil, chief: Int? = nil, master: Int? = nil, ps: Int? = nil, evaluator: Int? = nil,
        restartPolicy: ReplicaSpec.RestartPolicy = .never, backoffLimit: Int? = nil,
        cleanPodPolicy: RunPolicy.CleanPodPolicy? = nil, ttl: Int? = nil, deadline: Int? = nil,
        successPolicy: Spec.SuccessPolicy? = nil, dynamic: Bool = false, template: JSONValue = .podTemplate
    ) -> TFJob {
        var replicas: [ReplicaType: ReplicaSpec] = [:]
        let counts: [(ReplicaType, Int?)] = [
            (.worker, workers), (.chief, chief), (.master, master), (.ps, ps), (.evaluator, evaluator),
        ]
        for (type, count) in counts {
            guard let count else { continue }
            replicas[type] = ReplicaSpec(replicas: count, template: template, restartPolicy: .known(restartPolicy))
        }
        return TFJob(
            metadata: ObjectMeta(name: "mnist", namespace: "ml", uid: "job-1", generation: 1),
            spec: Spec(
                runPolicy: RunPolicy(
                    cleanPodPolicy: cleanPodPolicy.map(Choice.known), ttlSecondsAfterFinished: ttl,
                    activeDeadlineSeconds: deadline, backoffLimit: backoffLimit),
                successPolicy: successPolicy.map(Choice.known), tfReplicaSpecs: replicas, enableDynamicWorker: dynamic))
    }
}

extension JSONValue {
    static let podTemplate: JSONValue = [
        "spec": ["containers": [["name": "tensorflow", "image": "registry.example/mnist:1"]]]
    ]
}

extension TFJobWorld {
    /// A world in which the controller has made everything and every pod is in the state of its letter.
    ///
    /// `P` pending, `R` running and ready, `S` succeeded, `F` failed with 1, `K` failed with 137, `O` killed for
    /// memory, `E` evicted, `T` being deleted while it runs, `L` lost with its node, `-` gone.
    init(_ job: TFJob, workers: String = "", chief: String = "", ps: String = "", evaluator: String = "") throws {
        self.init(job)
        try reconcile()
        pass(seconds: 60)
        for pod in pods.indices { pods[pod].become("R", at: now) }
        try reconcile()
        pass(seconds: 60)
        for (type, letters) in [("worker", workers), ("chief", chief), ("ps", ps), ("evaluator", evaluator)] {
            for (index, letter) in letters.enumerated() {
                let name = "\(job.metadata.name)-\(type)-\(index)"
                if letter == "-" { pods.removeAll { $0.metadata.name == name } } else { change(name, to: letter) }
            }
        }
    }
}

extension Pod {
    /// Changes the pod as a node or the control plane would.
    mutating func become(_ letter: Character, at now: Time) {
        switch letter {
        case "P": status = Status(phase: .pending)
        case "R": run(at: now)
        case "S": end(exitCode: 0, at: now)
        case "F": end(exitCode: 1, at: now)
        case "K": end(exitCode: 137, at: now)
        case "O": end(exitCode: 137, reason: "OOMKilled", at: now)
        case "E":
            status = Status(phase: .failed, reason: "Evicted", message: "The node was low on resource: memory.")
        case "L": status = Status(phase: .failed, reason: "NodeLost", message: "Node n1 is unresponsive")
        case "T":
            run(at: now)
            metadata.deletionTimestamp = now
        default: break
        }
    }

    private mutating func run(at now: Time) {
        spec = Spec(nodeName: "n1")
        status = Status(
            phase: .running, startTime: now, conditions: [PodCondition(type: "Ready", status: .yes)],
            containerStatuses: [ContainerStatus(name: "tensorflow", ready: true, restartCount: 0)])
    }

    mutating func end(exitCode: Int, reason: String? = nil, message: String? = nil, at now: Time) {
        let terminated = ContainerStatus.State.Terminated(
            exitCode: exitCode, reason: reason ?? (exitCode == 0 ? "Completed" : "Error"), message: message,
            startedAt: status?.startTime, finishedAt: now)
        status = Status(
            phase: exitCode == 0 ? .succeeded : .failed, startTime: status?.startTime ?? now,
            containerStatuses: [ContainerStatus(name: "tensorflow", state: .init(terminated: terminated))])
    }

    /// The node restarted the container inside the pod.
    mutating func restartContainer(exitCode: Int, times: Int, at now: Time) {
        run(at: now)
        status?.containerStatuses = [
            ContainerStatus(
                name: "tensorflow", restartCount: times,
                lastState: .init(terminated: .init(exitCode: exitCode, reason: "Error", finishedAt: now)))
        ]
    }
}
