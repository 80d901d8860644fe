import KubernetesAPI
import TestMutation
import Testing

/// What mutations found, each as a row: all of these ended the process, or kept it busy for ever.
@Suite struct MutationFindingsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var kind: World.Kind
        /// Whether it is an object that no controller has seen yet.
        var isNew = false
        /// Whether it is told of as an object that cannot be read.
        var isUnreadable = false
        /// Changes of the object, by path.
        var object: [(String, Document)] = []
        /// Changes of what is around it, by kind and path.
        var parts: [(World.Part.Kind, String, Document)] = []
        /// What the status says.
        var words = ""
        var testDescription: String { "\(kind.rawValue): \(name)" }
    }

    private static let least: Document = "-9223372036854775808".number
    private static let largest: Document = "9223372036854775807".number
    private static let many: Document = "9000000000000000".number

    static let rows = [
        Row(
            name: "the least number of replicas", kind: .tfJob,
            object: [("spec.tfReplicaSpecs.Worker.replicas", least)], words: "spec.tfReplicaSpecs.Worker.replicas"),
        Row(
            name: "a deadline after the end of time", kind: .tfJob,
            object: [("spec.runPolicy.activeDeadlineSeconds", largest)]),
        Row(
            name: "kept until after the end of time", kind: .tfJob,
            object: [
                ("spec.runPolicy.ttlSecondsAfterFinished", largest), ("status.completionTime", "2023-11-14T22:10:00Z"),
                ("status.conditions.3.type", "Succeeded"),
            ]),
        Row(
            name: "suspended, with replicas beyond number", kind: .tfJob,
            object: [("spec.tfReplicaSpecs.Worker.replicas", many), ("spec.runPolicy.suspend", true)],
            words: "spec.tfReplicaSpecs.Worker.replicas"),
        Row(
            name: "a pod whose container was restarted as often as there are numbers", kind: .tfJob,
            parts: [(.pod, "status.containerStatuses.0.restartCount", largest)]),
        Row(
            name: "an attempt of a pod that has the least number of restarts on record", kind: .tfJob,
            object: [("status.attempts.2.containerRestarts", least)],
            parts: [(.pod, "status.containerStatuses.0.restartCount", largest)]),
        Row(name: "restarts on record, all that there are", kind: .tfJob, object: [("status.restarts", largest)]),
        Row(
            name: "restarts of a type on record, all that there are", kind: .tfJob,
            object: [("status.replicaStatuses.Worker.restarts", largest)]),
        Row(name: "disruptions on record, all that there are", kind: .tfJob, object: [("status.disruptions", largest)]),
        Row(
            name: "disruptions of a type on record, all that there are", kind: .tfJob,
            object: [("status.replicaStatuses.Chief.disruptions", largest)]),
        Row(
            name: "an attempt that counted for all that there are", kind: .tfJob,
            object: [("status.attempts.2.counted", largest)]),
        Row(
            name: "a time of another year in Greenwich", kind: .tfJob, isUnreadable: true,
            object: [("status.startTime", "9999-12-31T23:59:59-23:59")]),
        Row(
            name: "whole numbers the wrong way round", kind: .experiment, isNew: true,
            object: [("spec.parameters.1.int", ["min": 8, "max": 4])], words: "spec.parameters[1].int.min"),
        Row(
            name: "all whole numbers that there are", kind: .experiment, isNew: true,
            object: [("spec.parameters.1.int", ["min": 0, "max": largest])], words: "spec.parameters[1].int.m"),
        Row(
            name: "from the least to the largest number", kind: .experiment, isNew: true,
            object: [("spec.parameters.1.int", ["min": least, "max": largest])], words: "spec.parameters[1].int.m"),
        Row(
            name: "no step", kind: .experiment, isNew: true,
            object: [("spec.parameters.1.int", ["min": 1, "max": 4, "step": 0])], words: "step"),
        Row(
            name: "the least step", kind: .experiment, isNew: true,
            object: [("spec.parameters.1.int", ["min": 1, "max": 4, "step": least])], words: "step"),
        Row(
            name: "trials were given numbers beyond number", kind: .experiment,
            object: [("status.trials.created", largest)]),
        Row(
            name: "trials were seen beyond number", kind: .experiment, object: [("status.trials.confirmed", largest)]),
        Row(name: "trials were seen below zero", kind: .experiment, object: [("status.trials.confirmed", least)]),
        Row(name: "a trial of the last number", kind: .experiment, parts: [(.trial, "spec.number", largest)]),
        Row(name: "a trial of the least number", kind: .experiment, parts: [(.trial, "spec.number", least)]),
        Row(
            name: "as many at once as there are numbers", kind: .experiment,
            object: [("spec.parallelTrials", least), ("spec.maxTrials", largest)], words: "spec.maxTrials"),
        Row(
            name: "restarts of the job, all that there are", kind: .trial,
            parts: [(.tfJob, "status.restarts", largest), (.tfJob, "status.conditions.0.type", "Running")]),
        Row(
            name: "disruptions of the job, all that there are", kind: .trial,
            parts: [(.tfJob, "status.disruptions", largest), (.tfJob, "status.conditions.0.type", "Running")]),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: rows) func `the process lives`(row: Row) throws {
        var world = World(row.kind)
        if row.isNew {
            world.object = world.objectWithoutStatus
            world.parts = []
        }
        for (path, value) in row.object { world.object.set(path, value) }
        for (kind, path, value) in row.parts {
            let index = try #require(world.parts.firstIndex { $0.kind == kind })
            world.parts[index].document.set(path, value)
        }
        let outcome = try MutatedLife.live(MutationCase(row.kind, world))
        #expect((outcome.errorCount == nil) == row.isUnreadable, "whether it can be read")
        if !row.words.isEmpty {
            #expect("\(outcome.status ?? .null)".contains(row.words), "\(outcome.status ?? .null)")
        }
        #expect(outcome.actionCount < 1_000)
    }
}

extension String {
    /// The digits as a number.
    fileprivate var number: Document { .token(self) }
}
