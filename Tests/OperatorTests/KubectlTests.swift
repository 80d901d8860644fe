import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// What people see.
@Suite(.timeLimit(.minutes(10))) struct KubectlTests {
    @Test func `kubectl get answers how it went, for every kind`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let experiment = try await cluster.withOperator(in: namespace, pods: Story.script) { _ in
            try await cluster.admin.create(Story.experiment("landsat", in: namespace))
            return try await Story.wait(for: cluster, namespace, "landsat")
        }
        let kubectl = try Kubectl(cluster)

        let experiments = try await kubectl.table("texp", in: namespace)
        #expect(
            experiments.columns
                == ["NAME", "STATE", "REASON", "TRIALS", "RUNNING", "FAILED", "BEST", "METRIC", "AGE"])
        let row = try #require(experiments.rows.first)
        #expect(row["STATE"] == "Succeeded")
        #expect(row["REASON"] == "MaxTrialsReached")
        #expect(row["TRIALS"] == "4/4")
        #expect(row["BEST"] == "0.9")
        #expect(row["METRIC"] == "validation/accuracy")

        let trials = try await kubectl.table("trials", in: namespace)
        #expect(trials.columns == ["NAME", "EXPERIMENT", "STATE", "VALUE", "STEP", "AGE"])
        #expect(trials.rows.map { $0["NAME"] } == (1...4).map { "landsat-0000\($0)" })
        #expect(trials.rows.allSatisfy { $0["STATE"] == "Succeeded" && $0["EXPERIMENT"] == "landsat" })
        #expect(trials.rows[1]["VALUE"] == "0.9")
        #expect(trials.rows[1]["STEP"] == "1500")

        let jobs = try await kubectl.table("tfjobs", in: namespace)
        #expect(jobs.columns == ["NAME", "STATE", "REASON", "READY", "RESTARTS", "AGE"])
        #expect(jobs.rows.allSatisfy { $0["STATE"] == "Succeeded" })

        let promotions = try await kubectl.table("promo", in: namespace)
        #expect(promotions.columns == ["NAME", "STATE", "REASON", "MODEL", "VALUE", "DIGEST", "AGE"])
        let promotion = try #require(promotions.rows.first)
        #expect(promotion["NAME"] == experiment.status?.promotion?.name)
        #expect(promotion["STATE"] == "Ready")
        #expect(promotion["MODEL"] == "landsat")
        #expect(promotion["DIGEST"] == Samples.imageDigest)

        let everything = try await kubectl.run("get", "aerie", "--namespace", namespace)
        #expect(everything.contains("trainingexperiment.aerie.dev/landsat"), "the category shows all kinds")
        #expect(everything.contains("trial.aerie.dev/landsat-00001"))
    }

    @Test func `kubectl explain teaches the fields`() async throws {
        let cluster = try await OperatorCluster.shared()
        let kubectl = try Kubectl(cluster)
        // The server publishes a new kind's documentation a few seconds after it serves the kind.
        let objective = try await eventually("the fields are explained") {
            try? await kubectl.run("explain", "trainingexperiment.spec.objective")
        }
        for field in ["metric", "goal", "target"] { #expect(objective.contains("\(field)\t")) }
        #expect(!objective.contains("<no description>"))
        let selection = try await kubectl.run("explain", "texp.spec.selection.strategy")
        #expect(selection.contains("NaN never wins"))
    }
}
