import KubernetesAPI
import TestSupport
import Testing

/// `kubectl`, with everything that makes sense for a TFJob.
extension ClientsTests {
    @Test func `kubectl apply, diff, explain and patch treat a TFJob like any other resource`() async throws {
        let (cluster, namespace) = try await namespace("kubectl-apply")
        let manifest = try TemporaryFile(Self.manifest("steady", workers: 2, script: "sleep 300"))
        let apply = ["--namespace", namespace, "apply", "--filename", manifest.path]
        let diff = ["--namespace", namespace, "diff", "--filename", manifest.path]
        func run(_ arguments: [String]) async throws -> Tool.Outcome { try await cluster.kubectl(outcomeOf: arguments) }

        let rehearsed = try await run(apply + ["--dry-run=server"])
        #expect(rehearsed.output == "tfjob.kubeflow.org/steady created (server dry run)\n", "\(rehearsed.error)")
        #expect(try await run(apply).output == "tfjob.kubeflow.org/steady created\n")
        try await cluster.kubectl(
            "--namespace", namespace, "wait", "--for=condition=Running", "tfjob/steady", "--timeout=120s")
        #expect(try await run(apply).output == "tfjob.kubeflow.org/steady unchanged\n", "nobody writes into the spec")
        let same = try await run(diff)
        #expect(same.status == 0 && same.output.isEmpty, "\(same.output)")

        try manifest.write(Self.manifest("steady", workers: 1, script: "sleep 300"))
        let changed = try await run(diff)
        #expect(changed.status == 1)
        #expect(changed.output.contains("-      replicas: 2\n+      replicas: 1\n"), "\(changed.output)")
        #expect(try await run(apply).output == "tfjob.kubeflow.org/steady configured\n")
        try await cluster.kubectl(
            "--namespace", namespace, "wait", "--for=delete", "pod/steady-worker-1", "--timeout=120s")
        try await cluster.kubectl(
            "--namespace", namespace, "patch", "tfjob", "steady", "--type=merge",
            "--patch", #"{"spec":{"tfReplicaSpecs":{"Worker":{"replicas":3}}}}"#)
        try await cluster.kubectl(
            "--namespace", namespace, "wait", "--for=jsonpath={.status.ready}=3/3", "tfjob/steady", "--timeout=120s")

        let forced = try await run(apply + ["--server-side", "--force-conflicts"])
        #expect(forced.output == "tfjob.kubeflow.org/steady serverside-applied\n", "\(forced.error)")
        try await cluster.kubectl(
            "--namespace", namespace, "wait", "--for=jsonpath={.status.ready}=1/1", "tfjob/steady", "--timeout=120s")

        // One number cannot say how many chiefs, parameter servers and workers there are: there is no such subresource,
        // as upstream has none.
        let scaled = try await run(["--namespace", namespace, "scale", "tfjob/steady", "--replicas=5"])
        #expect(scaled.status == 1)
        #expect(scaled.error.contains("(NotFound)"), "\(scaled.error)")

        for field in [
            "spec.runPolicy.backoffLimit", "spec.tfReplicaSpecs", "spec.runPolicy.suspend", "status.attempts",
        ] {
            let text = try await cluster.kubectl("explain", "tfjob.\(field)")
            #expect(text.contains("DESCRIPTION") && !text.contains("<empty>"), "\(text)")
        }
        try await cluster.kubectl("--namespace", namespace, "delete", "tfjob", "steady", "--cascade=foreground")
        let left = try await cluster.kubectl("--namespace", namespace, "get", "pods,services", "--output", "name")
        #expect(left.isEmpty, "a deletion in the foreground ends when pods and services are gone")
    }

    @Test func `kubectl wait, describe, events and logs tell how a job went, after its pods are gone too`() async throws
    {
        let (cluster, namespace) = try await namespace("kubectl-describe")
        let good = try TemporaryFile(Self.manifest("good", workers: 1, script: "echo trained"))
        let bad = try TemporaryFile(
            Self.manifest("bad", workers: 1, script: "echo no such file | tee /dev/termination-log; exit 2"))
        for file in [good, bad] {
            try await cluster.kubectl("--namespace", namespace, "create", "--filename", file.path)
        }
        try await cluster.kubectl(
            "--namespace", namespace, "wait", "--for=condition=Succeeded", "tfjob/good", "--timeout=120s")
        try await cluster.kubectl(
            "--namespace", namespace, "wait", "--for=condition=Failed", "tfjob/bad", "--timeout=120s")
        let logs = try await cluster.kubectl(
            "--namespace", namespace, "logs", "--selector", "training.kubeflow.org/job-name=good")
        #expect(logs == "trained\n")

        try await cluster.kubectl("--namespace", namespace, "delete", "pods", "--all")
        let story = try await cluster.kubectl("--namespace", namespace, "describe", "tfjob", "bad")
        for part in ["Exit Code:", "no such file", "bad-worker-0", "Type:                  Failed", "TFJobFailed"] {
            #expect(story.contains(part), "\(story)")
        }
        let events = try await cluster.kubectl("--namespace", namespace, "events", "--for", "tfjob/bad")
        #expect(events.contains("Created pod: bad-worker-0"), "\(events)")
        let jobs = try await cluster.kubectl("--namespace", namespace, "get", "tfjobs", "--no-headers")
        let states = Dictionary(
            uniqueKeysWithValues: jobs.split(separator: "\n").map { line in
                let cells = line.split(separator: " ")
                return (cells[0], cells[1])
            })
        #expect(states == ["good": "Succeeded", "bad": "Failed"], "a deleted pod does not bring a job back")
    }

    private static func manifest(_ name: String, workers: Int, script: String) -> String {
        """
        apiVersion: kubeflow.org/v1
        kind: TFJob
        metadata:
          name: \(name)
        spec:
          tfReplicaSpecs:
            Worker:
              replicas: \(workers)
              restartPolicy: Never
              template:
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                    - name: tensorflow
                      image: shell:local
                      args: ["-c", "\(script)"]

        """
    }
}
