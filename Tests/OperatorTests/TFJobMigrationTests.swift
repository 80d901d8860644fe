import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport
import Testing

/// Jobs that the training operator left, taken over as `docs/migrating-from-training-operator.md` says.
@Suite(.timeLimit(.minutes(10))) struct TFJobMigrationTests {
    /// What must stay of a pod or service: who it is, whose it is, and what it is called by.
    private struct Identity: Hashable {
        var uid: String
        var owners: JSONValue
        var labels: JSONValue
    }

    private func identities(
        _ resource: Resource, _ cluster: OperatorCluster, _ namespace: String
    ) async throws -> [String: Identity] {
        var identities: [String: Identity] = [:]
        for object in try await cluster.admin.list(resource, Selection(namespace: namespace)) {
            let metadata = object["metadata"] ?? [:]
            identities[metadata["name"]?.stringValue ?? ""] = Identity(
                uid: metadata["uid"]?.stringValue ?? "", owners: metadata["ownerReferences"] ?? [:],
                labels: metadata["labels"] ?? [:])
        }
        return identities
    }

    @Test func `running pods are adopted, ended jobs stay ended, and nothing starts again`() async throws {
        // A server of its own: the definition of TFJob is the training operator's at first.
        let cluster = try await OperatorCluster(on: try await ControlPlane.shared(.apiServer))
        try await TrainingOperatorWorld.definition.install(on: cluster)
        let namespace = try await cluster.server.namespace("migration")
        let world = TrainingOperatorWorld(cluster: cluster, namespace: namespace)
        try await leaveJobs(world)
        let pods = try await identities(Pod.resource, cluster, namespace)
        let services = try await identities(Service.resource, cluster, namespace)

        // The training operator is gone; our definitions take the place of its own.
        try await cluster.installDefinitions()
        let history = History<Pod>(cluster, in: namespace) { _ in true }
        let stage = Stage()
        stage.allow(.runs)
        var options = OperatorProcess.Options()
        options.adoptsTFJobs = true
        try await history.record {
            try await cluster.withOperator(in: namespace, options, pods: stage.script) { _ in
                let running = try await cluster.wait(for: TFJob.self, namespace, "running", "its pods are ours") {
                    $0.status?.isTrue(.allReplicasReady) == true
                }
                #expect(running.status?.ready == "2/2")
                #expect(running.status?.restarts == 0)
                #expect(running.status?.startTime?.description == TrainingOperatorWorld.started)
                let adopted = try await identities(Pod.resource, cluster, namespace)
                #expect(adopted == pods, "the same pods, owners and labels")
                for index in 0..<2 {
                    let name = "running-worker-\(index)"
                    #expect(try await identities(Service.resource, cluster, namespace)[name] == services[name])
                }
                stage.allow(.ends(exitCode: 0))
                try await cluster.wait(for: TFJob.self, namespace, "running", "it succeeds") {
                    $0.status?.isTrue(.succeeded) == true
                }
                try await expectEnded(cluster, namespace)
                // Services that had been left behind are gone too.
                try await cluster.waitForNone(Service.resource, in: namespace)
            }
        }
        #expect(history.objectsByName.allSatisfy { $0.value == 1 }, "no pod was made anew")
        #expect(Set(history.objectsByName.keys) == Set(pods.keys))
        try await expectTheWayBack(world)
        try await cluster.installDefinitions()
    }

    /// Our controller is stopped and the training operator's definition installed again: what it knows is as it was, what
    /// only we know is gone, and it can write on.
    private func expectTheWayBack(_ world: TrainingOperatorWorld) async throws {
        let cluster = world.cluster
        func read(_ name: String) async throws -> JSONValue {
            try await cluster.document(TFJob.resource, world.namespace, name)
        }
        let before = try await read("running")
        #expect(before["status"]?["restarts"] == 0)
        try await TrainingOperatorWorld.definition.install(on: cluster)
        let after = try await eventually("the fields of ours are gone") {
            let job = try await read("running")
            return job["status"]?["restarts"] == nil ? job : Optional.none
        }
        #expect(after["metadata"]?["uid"] == before["metadata"]?["uid"])
        #expect(after["spec"]?["tfReplicaSpecs"] == before["spec"]?["tfReplicaSpecs"])
        for field in ["conditions", "startTime", "completionTime", "lastReconcileTime"] {
            #expect(after["status"]?[field] == before["status"]?[field])
        }
        let workers = (before["status"]?["replicaStatuses"]?["Worker"], after["status"]?["replicaStatuses"]?["Worker"])
        #expect(workers.1?["succeeded"] == workers.0?["succeeded"])
        #expect(workers.0?["completedIndexes"] != nil)
        #expect(workers.1?["completedIndexes"] == nil)

        let suspended = Reference(TFJob.resource, namespace: world.namespace, name: "suspended")
        let resumed: JSONValue = ["type": "Suspended", "status": "False", "reason": "TFJobResumed", "message": "m"]
        try await cluster.admin.patchStatus(suspended, ["status": ["conditions": [resumed]]])
        #expect(try await read("suspended")["status"]?["conditions"] == [resumed])
    }

    /// Every state in which a job can be when its operator stops.
    private func leaveJobs(_ world: TrainingOperatorWorld) async throws {
        let namespace = world.namespace
        let running = try await world.job(
            Samples.tfJob("running", in: namespace, workers: 2), [("Created", "True"), ("Running", "True")],
            replicas: ["active": 2])
        for index in 0..<2 { try await world.worker(index, of: "running", uid: running) }
        let succeeded = try await world.job(
            Samples.tfJob("succeeded", in: namespace, workers: 1),
            [("Created", "True"), ("Running", "False"), ("Succeeded", "True")], isCompleted: true,
            replicas: ["succeeded": 1])
        try await world.worker(0, of: "succeeded", uid: succeeded)
        // Its pods are collected, its service was forgotten.
        _ = try await world.job(
            Samples.tfJob("collected", in: namespace, workers: 1),
            [("Created", "True"), ("Running", "False"), ("Succeeded", "True")], isCompleted: true)
        // A permanent exit code leaves no completion time, so that a time to live never ends.
        _ = try await world.job(
            Samples.tfJob("failed", in: namespace, workers: 1, restartPolicy: "ExitCode"),
            [("Created", "True"), ("Running", "False"), ("Failed", "True")], replicas: ["failed": 1])
        _ = try await world.job(
            Samples.tfJob("both", in: namespace, workers: 1),
            [("Created", "True"), ("Succeeded", "True"), ("Failed", "True")], isCompleted: true)
        _ = try await world.job(
            Samples.tfJob("suspended", in: namespace, workers: 1, runPolicy: ["suspend": true]),
            [("Created", "True"), ("Suspended", "True")])
    }

    private func expectEnded(_ cluster: OperatorCluster, _ namespace: String) async throws {
        func seen(_ name: String) async throws -> TFJob.Status? {
            try await cluster.wait(for: TFJob.self, namespace, name, "it was looked at") {
                $0.status?.observedGeneration != nil
            }.status
        }
        for name in ["succeeded", "collected"] {
            let status = try await seen(name)
            #expect(status?.isTrue(.succeeded) == true)
            #expect(status?.condition(.succeeded)?.lastTransitionTime?.description == TrainingOperatorWorld.ended)
            #expect(status?.completionTime?.description == TrainingOperatorWorld.ended)
        }
        let failed = try await seen("failed")
        #expect(failed?.isTrue(.failed) == true)
        #expect(failed?.completionTime?.description == TrainingOperatorWorld.ended)
        let both = try await seen("both")
        #expect(both?.isTrue(.succeeded) == true)
        #expect(both?.condition(.failed) == nil)
        let suspended = try await seen("suspended")
        #expect(suspended?.isTrue(.suspended) == true)
        #expect(suspended?.replicaStatuses[.worker]?.active == 0)
    }
}
