import AerieAPI
import Decisions
public import KubernetesAPI

/// What a controller does with an object that somebody mutated: reads it, checks it, decides about it a few times, and
/// writes what was decided.
public enum MutatedLife {
    /// What became of a case.
    public struct Outcome: Sendable {
        /// `nil`: the object cannot be read.
        public var errorCount: Int?
        public var actionCount = 0
        /// The last status that was decided.
        public var status: JSONValue?

        public init(errorCount: Int? = nil) { self.errorCount = errorCount }
    }

    /// What must not be, however wrong the objects are.
    public struct Wrong: Error, CustomStringConvertible {
        public var description: String
    }

    /// Lives through a case.
    ///
    /// - Throws: ``Wrong`` when what was decided cannot be written or read again.
    public static func live(_ mutation: MutationCase) throws -> Outcome {
        let around = Surroundings(mutation.world)
        switch mutation.kind {
        case .tfJob:
            return try live(mutation, TFJob.self, around) { job, around, now in
                let choice = mutation.choice
                let gang = [nil, GangScheduler.volcano, .schedulerPlugins(name: "coscheduling")][choice % 3]
                let groups: [(any PodGroup)?] = [around.volcanoGroup, around.pluginsGroup]
                let hold = choice % 17 == 0 ? TFJobHold(TFJobHold.Reason.allCases[choice % 3], "Held.") : nil
                return TFJobDecision.decide(
                    .init(
                        job: job, pods: around.pods, services: around.services, podGroup: groups[choice % 2],
                        priorities: ["high": choice % 5 == 0 ? .max : 7], now: now, lastError: around.error(choice),
                        configuration: .init(
                            clusterDomain: choice % 2 == 0 ? "" : "cluster.local", gangScheduler: gang),
                        hold: hold))
            }
        case .experiment:
            return try live(mutation, TrainingExperiment.self, around) { experiment, around, now in
                ExperimentDecision.decide(
                    .init(
                        experiment: experiment, trials: around.trials, promotions: around.promotions, now: now,
                        lastError: around.error(mutation.choice)))
            }
        case .trial:
            return try live(mutation, Trial.self, around) { trial, around, now in
                TrialDecision.decide(
                    .init(
                        trial: trial, tfJob: around.tfJob, pods: around.pods, profile: around.profile, now: now,
                        lastError: around.error(mutation.choice)))
            }
        case .promotion:
            return try live(mutation, ModelPromotion.self, around) { promotion, around, now in
                PromotionDecision.decide(
                    .init(
                        promotion: promotion, job: around.job, pods: around.pods, deployment: around.deployment,
                        service: around.services.first, now: now, lastError: around.error(mutation.choice)))
            }
        case .profile: return try live(mutation, AcceleratorProfile.self, around) { _, _, _ in .nothing }
        }
    }

    private static func live<Object: CheckedObject>(
        _ mutation: MutationCase, _ type: Object.Type, _ surroundings: Surroundings,
        decide: (Object, Surroundings, Time) -> Plan
    ) throws -> Outcome {
        var outcome = Outcome()
        guard var document = Surroundings.read(mutation.world.object),
            var object = try? document.decode(type)
        else { return outcome }
        outcome.errorCount = object.validate().count
        _ = (object.warnings.count, object.references.count)
        if let good = try? Surroundings.read(World(mutation.kind).object)?.decode(type) {
            _ = object.forbiddenChanges(since: good).count + good.forbiddenChanges(since: object).count
        }
        try check(try JSONValue(encoding: object), "the object")
        var surroundings = surroundings
        var now = Time(seconds: mutation.world.now)
        for _ in 0..<3 {
            let plan = decide(object, surroundings, now)
            outcome.actionCount += plan.actions.count
            if let status = plan.status {
                outcome.status = status
                try check(status, "the status")
                document["status"] = status
                do { object = try document.decode(type) } catch {
                    throw Wrong(description: "the status that was decided cannot be read: \(error): \(status)")
                }
            }
            for action in plan.actions {
                switch action {
                case .create(let manifest), .apply(let manifest): try check(manifest.body, "\(manifest.reference)")
                case .patch(let reference, _, let patch): try check(patch, "\(reference)")
                case .delete: break
                }
            }
            surroundings.follow(plan)
            now = Time(seconds: min(now.seconds + 61, 253_402_300_799))
        }
        return outcome
    }

    /// What is written can be read, and is what was meant.
    private static func check(_ value: JSONValue, _ what: String) throws {
        guard let read = try? JSONValue(parsing: Array(value.serialized)) else {
            throw Wrong(description: "\(what) is written as what is no JSON: \(value)")
        }
        guard Array(read.serialized) == Array(value.serialized) else {
            throw Wrong(description: "\(what) is read as something else: \(value)")
        }
    }
}
