import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// Experiments that were stored where no webhook and no rule looked, and statuses and trials that others wrote.
@Suite struct HostileExperimentTests {
    private typealias Fixture = ExperimentFixture

    static let domains: [Parameter.Domain] = [
        .int(.init(min: 8, max: 4)), .int(.init(min: 0, max: .max)), .int(.init(min: .min, max: .max)),
        .int(.init(min: 0, max: 10, step: 0)), .int(.init(min: 0, max: 10, step: .min)),
        .discrete(.init(values: [])), .categorical(.init(values: [])), .double(.init(min: .nan, max: .infinity)),
    ]

    @Test(arguments: domains, [Algorithm.Name.random, .grid])
    func `a wrong range is explained, whatever else it would break`(
        domain: Parameter.Domain, name: Algorithm.Name
    ) throws {
        let experiment = Fixture.experiment(
            parameters: [Parameter(name: "width", domain), Parameter(name: "depth", domain)],
            algorithm: Algorithm(name: name, settings: .init(points: name == .grid ? .max : nil)))
        let (plan, status) = try Fixture.decide(experiment)
        #expect(plan.actions.isEmpty)
        #expect((status.state, status.reason) == (.failed, "InvalidSpec"))
        #expect(status.conditions.first("Failed")?.message.contains("spec.parameters[0]") == true)
    }

    @Test(.timeLimit(.minutes(1)), arguments: HostileTFJobTests.numbers)
    func `any number in any count is decided about`(number: Int) throws {
        let good = Fixture.experiment()
        let trials = [Fixture.trial(1, .succeeded, [(10, 0.8)]), Fixture.trial(2, .running)]
        var experiments: [TrainingExperiment] = []
        func add(_ change: (inout TrainingExperiment) -> Void) {
            var experiment = good
            change(&experiment)
            experiments.append(experiment)
        }
        add { $0.spec.maxTrials = number }
        add { $0.spec.parallelTrials = number }
        add { $0.spec.maxFailedTrials = number }
        add { $0.spec.algorithm.seed = number }
        add { $0.spec.trial.activeDeadlineSeconds = number }
        add { $0.spec.trial.backoffLimit = number }
        add { $0.status = .init(trials: TrialCounts(created: number)) }
        add { $0.status = .init(trials: TrialCounts(created: number, confirmed: number)) }
        add { $0.status = .init(trials: TrialCounts(created: 2, confirmed: number)) }
        add {
            $0.status = .init(
                trials: TrialCounts(
                    created: number, confirmed: 2, pending: number, running: number, succeeded: number, failed: number,
                    stopped: number, deleted: number))
        }
        for experiment in experiments {
            var experiment = experiment
            for _ in 0..<3 {
                let (plan, status) = try Fixture.decide(experiment, trials)
                #expect(plan.actions.count <= max(2, min(6, experiment.spec.parallelTrials)))
                experiment.status = status
            }
        }
    }

    @Test(arguments: [Int.min, -1, 0, 7, 300, 10_000, 10_001, .max])
    func `a trial that is not the experiment's is reported, and its number is not followed`(number: Int) throws {
        var forged = Fixture.trial(1, .succeeded, [(10, 0.999)])
        forged.spec.number = number
        forged.metadata.name = number > 0 ? ChildName.trial(experiment: "landsat", number: number) : "mine"
        let experiment = Fixture.experiment(maxTrials: 3, parallelTrials: 1, policy: .onImprovement)
        let (plan, status) = try Fixture.decide(experiment, [forged])
        #expect(plan.steps == ["create Trial landsat-00001"])
        #expect(status.trials == TrialCounts(created: 1, pending: 1))
        #expect(status.best == nil)
        let condition = try #require(status.conditions.first("UnexpectedTrials"))
        #expect(condition.status == .yes)
        #expect(condition.message.hasPrefix("Trial \(forged.metadata.name), number \(number), names this experiment"))
        #expect(condition.message.contains("kubectl delete trial \(forged.metadata.name) -n default"))
        #expect(plan.events.map(\.reason) == ["UnexpectedTrials"])

        let again = try Fixture.decide(
            Fixture.experiment(maxTrials: 3, parallelTrials: 1, policy: .onImprovement, status: status),
            [forged, Fixture.trial(1, .running)])
        #expect(again.plan.events.isEmpty && again.plan.actions.isEmpty)
        let gone = try Fixture.decide(
            Fixture.experiment(maxTrials: 3, parallelTrials: 1, status: status), [Fixture.trial(1, .running)])
        #expect(gone.status.conditions.first("UnexpectedTrials") == nil)
    }

    @Test func `a second trial under a number that is taken is a stranger`() throws {
        var forged = Fixture.trial(1, .failed)
        forged.metadata.name = "a-copy"
        let experiment = Fixture.experiment(
            maxTrials: 3, parallelTrials: 1, maxFailedTrials: 0, status: .init(trials: .init(created: 1, confirmed: 1)))
        for trials in [[forged, Fixture.trial(1, .running)], [Fixture.trial(1, .running), forged]] {
            let (plan, status) = try Fixture.decide(experiment, trials)
            #expect(plan.actions.isEmpty)
            #expect(status.trials.running == 1 && status.trials.failed == 0)
            #expect(status.conditions.isTrue("UnexpectedTrials"))
        }
    }

    @Test func `a forged trial within the budget never makes more run at once than may`() throws {
        let experiment = Fixture.experiment(maxTrials: 6, parallelTrials: 1)
        let (none, _) = try Fixture.decide(experiment, [Fixture.trial(6, .running)])
        #expect(none.actions.isEmpty)
        let (one, status) = try Fixture.decide(experiment, [Fixture.trial(6, .succeeded, [(10, 0.5)])])
        #expect(one.steps == ["create Trial landsat-00001"])
        #expect(status.trials.created == 6)
    }

    @Test func `numbers beyond a lowered budget are not made any more, and the experiment ends`() throws {
        let experiment = Fixture.experiment(
            maxTrials: 2, parallelTrials: 2, status: .init(trials: .init(created: 5, confirmed: 2)))
        let (plan, status) = try Fixture.decide(
            experiment, [Fixture.trial(1, .succeeded, [(10, 0.8)]), Fixture.trial(2, .failed)])
        #expect(plan.actions.isEmpty)
        #expect((status.state, status.reason) == (.succeeded, "MaxTrialsReached"))
    }

    @Test(arguments: [KubernetesError.Reason.badRequest, .forbidden, .notFound, .invalid, .alreadyExists, .unknown])
    func `the server's words are in the status, whatever it refuses`(reason: KubernetesError.Reason) throws {
        let error = KubernetesError(reason, "quota webhook says no")
        let (_, status) = try Fixture.decide(Fixture.experiment(), lastError: error)
        #expect(status.reason == "TrialsRefused")
        #expect(status.conditions.first("Running")?.message == "Trials cannot be created: quota webhook says no")

        let ended = Fixture.experiment(
            maxTrials: 1, parallelTrials: 1, policy: .onCompletion,
            status: .init(trials: .init(created: 1, confirmed: 1)))
        let (plan, refused) = try Fixture.decide(
            ended, [Fixture.trial(1, .succeeded, [(10, 0.8)])], lastError: error)
        #expect(plan.actions.count == 1)
        #expect(refused.conditions.first("Promoted")?.reason == "PromotionRefused")
        #expect(refused.conditions.first("Promoted")?.message.hasSuffix("quota webhook says no") == true)
    }

    @Test(arguments: [KubernetesError.Reason.conflict, .unreachable, .tooManyRequests, .serverTimeout])
    func `what passes by itself is not shown`(reason: KubernetesError.Reason) throws {
        let (_, status) = try Fixture.decide(Fixture.experiment(), lastError: KubernetesError(reason, "later"))
        #expect(status.reason == "TrialsRunning")
    }
}
