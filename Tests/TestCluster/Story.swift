package import AerieAPI
package import KubernetesAPI

/// How the pods of a sample experiment of four trials go, the promotion of its best checkpoint included.
///
/// Trials 1, 2 and 4 reach the same accuracy: trial 2 wins, with the smaller step and then the lower number. The loss of
/// trial 3 diverges.
package enum Story {
    package static let script: PodPlayer.Script = { pod in
        switch pod.trialNumber {
        case 1: .ends(exitCode: 0, message: Samples.result(of: pod, (0.9, 2000), (0.88, 1000)))
        case 2: .ends(exitCode: 0, message: Samples.result(of: pod, (0.9, 1500), (0.87, 500)))
        case 3: .ends(exitCode: 0, message: Samples.result(of: pod))
        case .some: .ends(exitCode: 0, message: Samples.result(of: pod, (0.9, 1500), (0.9, 2500)))
        case nil where pod.isPromotionBuild:
            .ends(exitCode: 0, message: #"{"digest":"\#(Samples.imageDigest)"}"#)
        case nil: .runs
        }
    }

    /// The same with promotion.
    package static func experiment(_ name: String, in namespace: String) -> Manifest {
        Samples.experiment(name, in: namespace) { $0["promotion"] = Samples.promotion }
    }

    /// Waits until the model of the experiment answers.
    package static func wait(
        for cluster: OperatorCluster, _ namespace: String, _ name: String
    ) async throws -> TrainingExperiment {
        try await cluster.wait(for: TrainingExperiment.self, namespace, name, "its best model is rolled out") {
            $0.status?.promotion?.state == .ready
        }
    }
}
