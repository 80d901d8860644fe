import KubernetesAPI
import TestSupport
import Testing

/// Programs that people already use for TFJobs, against the control plane, the node agent and the controller as they are
/// shipped.
@Suite(.localCluster, .timeLimit(.minutes(10))) struct ClientsTests {
    /// A namespace in which pods may be created.
    func namespace(_ name: String) async throws -> (LocalCluster, String) {
        let cluster = try #require(LocalCluster.current)
        try await cluster.kubectl("create", "namespace", name)
        return (cluster, name)
    }
}

/// PyPI's `kubeflow-training`.
extension ClientsTests {
    @Test func `every call of the Kubeflow SDK that concerns TFJobs does what it does with the training operator`()
        async throws
    {
        let (cluster, namespace) = try await namespace("sdk")
        let results = try await TrainingClient.run(in: namespace, of: cluster)

        #expect(results["refused duplicate"]?.stringValue?.contains("already exists") == true)
        #expect(results["read back"] == ["TFJob", "life", 2])
        // Created, running (by name and by object), restarting, succeeded, failed.
        #expect(results["running"] == [true, true, true, false, false, false])
        #expect(
            results["pods"] == [
                "all": ["life-chief-0", "life-worker-0", "life-worker-1"], "master": ["life-chief-0"],
                "workers": ["life-worker-0", "life-worker-1"], "second worker": ["life-worker-1"],
                "objects": ["life-chief-0", "life-worker-0", "life-worker-1"],
            ])
        #expect(results["listed"] == true)
        #expect(results["followed log"]?["life-chief-0"]?.stringValue?.contains("done") == true)
        #expect(results["callback"] == "life")
        #expect(results["succeeded"] == [true, false, false])
        let conditions = results["conditions"]
        #expect(conditions?["Created"] == "True")
        #expect(conditions?["Running"] == "False")
        #expect(conditions?["Succeeded"] == "True")
        let worker = try #require(results["logs"]?["life-worker-1"]?.stringValue)
        #expect(worker.contains("I am life-worker-1"))
        #expect(worker.contains(#""task":{"type":"worker","index":1}"#))
        let events = try #require(results["events"]?["tfjob/life"]?.stringValue)
        #expect(events.contains("Created pod: life-chief-0"))
        #expect(results["updated"] == ["reviewed": "yes"])
        #expect(results["refused after deletion"]?.stringValue?.contains("not found") == true)
        #expect(results["refused deletion"]?.stringValue?.contains("not found") == true)

        #expect(results["every field"] == true, "a job with every field of the SDK comes back as it was sent")

        #expect(results["refused to wait for a failed job"]?.stringValue?.contains("is Failed") == true)
        #expect(results["failed"] == [true, false])
        #expect(results["log of the failed"] == ["wrong-worker-0": "no such file\n"])
        #expect(results["restarting"] == true)
        #expect(results["function"]?["labels"] == ["team": "vision"])
        #expect(results["function"]?["annotation"] == "to see")
        #expect(results["function"]?["logs"] == ["function-chief-0": "rate 0.1 purpose test chiefs 1\n"])
    }

    private enum TrainingClient {
        static func run(in namespace: String, of cluster: LocalCluster) async throws -> JSONValue {
            let path = "\(LocalCluster.repository)/Tests/ClientsTests/training_client.py"
            let output = try await PythonReference.run(
                "import runpy, sys; sys.argv[0] = '\(path)'; runpy.run_path('\(path)', run_name='__main__')",
                [cluster.kubeconfig, namespace])
            let line = try #require(output.split(separator: "\n").last)
            return try JSONValue(parsing: Array(line.utf8))
        }
    }
}
