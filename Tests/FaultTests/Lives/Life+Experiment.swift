import AerieAPI
import KubernetesAPI
import TestCluster

extension Life {
    /// Two trials at a time; the second is the best and is promoted to a deployment that answers.
    static let experiment = Life(
        description: "experiment of two trials with promotion",
        manifest: { namespace in
            let unscheduled: JSONValue = ["spec": ["schedulerName": .string(Self.scheduler)]]
            return Samples.experiment("landsat", in: namespace) { spec in
                spec["maxTrials"] = 2
                spec["promotion"] = Samples.promotion
                spec["promotion"]?["podTemplate"] = unscheduled
                var trial = spec["trial"] ?? [:]
                trial["podTemplate"] = unscheduled
                spec["trial"] = trial
            }
        },
        script: { scene in
            let pod = scene.pod
            switch pod.trialNumber {
            case .some where !scene.isSeen: return .runs
            case 1: return .ends(exitCode: 0, message: Samples.result(of: pod, (0.9, 2000), (0.88, 1000)))
            case .some: return .ends(exitCode: 0, message: Samples.result(of: pod, (0.9, 1500), (0.87, 500)))
            case nil where pod.isPromotionBuild:
                return .ends(exitCode: 0, message: #"{"digest":"\#(Samples.imageDigest)"}"#)
            case nil: return .runs
            }
        })

    /// A scheduler that is not there: pods stay with the script.
    static let scheduler = "played"
}
