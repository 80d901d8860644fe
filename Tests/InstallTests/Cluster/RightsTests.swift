import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport
import Testing

/// The controller lives through everything that its rights are for, and the API server's audit log is the witness.
extension LifecycleTests {
    /// Granted and not seen in the log, each for a reason that the log cannot show.
    private static let unseen: Set<Right> = {
        // Asked for when an object of the same name is there already; a test of the operator makes one.
        let existing = [
            "jobs.batch", "modelpromotions.aerie.dev", "pods", "services", "tfjobs.kubeflow.org", "trials.aerie.dev",
        ]
        // Checked by an admission plugin, which this server runs: every object with an owner would be refused.
        let owners = [
            "modelpromotions.aerie.dev", "tfjobs.kubeflow.org", "trainingexperiments.aerie.dev", "trials.aerie.dev",
        ]
        return Set(existing.map { Right(verb: "get", resource: $0) })
            .union(owners.map { Right(verb: "update", resource: "\($0)/finalizers") })
            .union([repetition])
    }()
    /// Asked for when the same event comes again within ten minutes: a refusal that lasts is told once, so it need not.
    private static let repetition = Right(verb: "patch", resource: "events")

    @Test func `every right is used, and none is missing`() async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.clear()
        let rendering = try await Rendering("deploy").fit(for: cluster.release)
        try await cluster.install(rendering)
        let namespace = try await cluster.namespace("rights")
        let port = try ControlPlane.freePorts(1)[0]
        let webhook = ["--webhook-server-port", "\(port)", "--webhook-url", "https://127.0.0.1:\(port)"]
        let log = "\(cluster.server.directory)/audit.log"
        do {
            try await cluster.withController(webhook) {
                try await cluster.withPods(in: namespace, Self.script) {
                    try await Self.live(cluster, namespace)
                    try await cluster.waitForEvent("SuccessfulCreatePod", in: namespace)
                }
            }
        } catch {
            // What was waited for in vain tells less than what was refused.
            #expect(try Right.used(auditLog: log).refused == [], "a right is missing")
            throw error
        }
        let granted = Right.granted(by: rendering)
        let used = try await Self.used(auditLog: log, until: granted.subtracting(Self.unseen))
        #expect(used.refused == [], "a right is missing")
        #expect(granted.count > 40)
        #expect(granted.subtracting(used.allowed).subtracting(Self.unseen) == [], "granted and not used")
        #expect(Self.unseen.subtracting(granted) == [], "excused and not granted")
        #expect(
            Self.unseen.intersection(used.allowed).filter { $0.verb != "get" && $0 != Self.repetition } == [],
            "excused and used")
    }

    /// The log, once it tells of these rights or has had its time: a watch may be noted only when it ends.
    private static func used(
        auditLog path: String, until expected: Set<Right>
    ) async throws -> (allowed: Set<Right>, refused: Set<Right>) {
        let deadline = ContinuousClock.now + .seconds(45)
        while true {
            let used = try Right.used(auditLog: path)
            if expected.isSubset(of: used.allowed) || ContinuousClock.now > deadline { return used }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// A job named after what becomes of it, or the story of an experiment.
    private static let script: PodPlayer.Script = { pod in
        switch pod.label(TFJob.Label.jobName) {
        case "fails": .ends(exitCode: 1)
        case "short": .ends(exitCode: 0)
        default: stopping(pod) ?? Story.script(pod)
        }
    }

    /// The first trial reaches the target while the second still trains.
    private static func stopping(_ pod: PlayedPod) -> PodPlayer.Act? {
        guard pod.label(Label.experiment) == "stopping", let number = pod.trialNumber else { return nil }
        return number == 1 ? .ends(exitCode: 0, message: Samples.result(of: pod, (0.9, 100))) : .runs
    }

    private static func live(_ cluster: InstallCluster, _ namespace: String) async throws {
        let admin = cluster.admin
        // The webhook looks for what a spec names once its authority is in its configuration.
        try await eventually("the webhook warns of what is not there") {
            let outcome = try await cluster.kubectl(
                ["apply", "--dry-run=server"], input: Rendering(documents: [demanding(namespace)]))
            return outcome.error.contains("missing-claim") ? true : nil
        }
        // A worker that fails again and again is deleted and replaced until the limit.
        try await admin.create(
            Samples.tfJob(
                "fails", in: namespace, workers: 1, restartPolicy: "OnFailure", runPolicy: ["backoffLimit": 1]))
        try await admin.create(
            Samples.tfJob(
                "short", in: namespace, workers: 2,
                runPolicy: ["cleanPodPolicy": "All", "ttlSecondsAfterFinished": 1]))
        try await admin.create(Story.experiment("story", in: namespace))
        try await admin.create(
            Samples.experiment("stopping", in: namespace) { $0["objective"]?["target"] = 0.85 })
        try await eventually("the short job is cleaned up") {
            try await cluster.get(TFJob.resource, namespace, "short") == nil ? true : nil
        }
        try await cluster.wait(for: "Failed", of: "fails", in: namespace)
        try await eventually("the best model is rolled out") {
            let status = try await cluster.get(TrainingExperiment.resource, namespace, "story")?["status"]
            return status?["promotion"]?["state"] == "Ready" ? true : nil
        }
        // Somebody changes what serves it, and it is applied again.
        for resource in [Deployment.resource, Service.resource] {
            let reference = Reference(resource, namespace: namespace, name: "story")
            try await admin.patch(reference, ["metadata": ["annotations": [Annotation.manifestHash: "changed"]]])
            try await eventually("\(reference) is as it was") {
                let annotations = try await admin.get(reference)["metadata"]?["annotations"]
                return annotations?[Annotation.manifestHash] == "changed" ? nil : true
            }
        }
        try await eventually("the second trial is told to stop") {
            let status = try await cluster.get(TrainingExperiment.resource, namespace, "stopping")?["status"]
            return status?["state"] == "Succeeded" && status?["trials"]?["running"]?.intValue ?? 0 == 0 ? true : nil
        }
        try await eventually("the lease is renewed") {
            let lease = Reference(Lease.resource, namespace: InstallCluster.systemNamespace, name: "aerie-controller")
            let spec = try await admin.get(lease)["spec"]
            return spec?["renewTime"] != spec?["acquireTime"] ? true : nil
        }
    }

    private static func demanding(_ namespace: String) -> JSONValue {
        var body = Samples.tfJob("demanding", in: namespace, workers: 1).body
        body["apiVersion"] = "kubeflow.org/v1"
        body["kind"] = "TFJob"
        body["metadata"] = ["name": "demanding", "namespace": .string(namespace)]
        body["spec"] = [
            "tfReplicaSpecs": [
                "Worker": [
                    "template": [
                        "spec": [
                            "serviceAccountName": "missing-account", "priorityClassName": "missing-class",
                            "containers": [["name": "tensorflow", "image": "mnist:1"]],
                            "volumes": [["name": "v", "persistentVolumeClaim": ["claimName": "missing-claim"]]],
                        ]
                    ]
                ]
            ]
        ]
        return body
    }
}
