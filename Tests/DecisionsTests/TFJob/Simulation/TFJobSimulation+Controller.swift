import AerieAPI
import Decisions
import KubernetesAPI

/// One pass of the controller: decide on what the caches hold, and carry the plan out as `PlanExecutor` does, as far as
/// the process and the network live.
extension TFJobSimulation {
    /// What befalls one plan; writes are counted from 0.
    private enum Mishap: Hashable {
        case none
        case death(before: Int)
        /// The write takes effect, and no answer comes.
        case lost(Int)
        /// The write takes no effect, and no answer comes.
        case dropped(Int)
    }

    private enum Write {
        case status(TFJob.Status)
        case action(Int)
    }

    mutating func reconcile() {
        guard let observed = controller.observed(configuration, at: controllerNow) else { return }
        let plan = TFJobDecision.decide(observed)
        requeueAfter = plan.requeueAfter?.components.seconds
        note("decides on \(observed.job.metadata.resourceVersion), pods \(Self.words(observed.pods))")
        execute(plan, observed, mishap(plan))
        checkSteps()
    }

    /// Whether the process itself was well.
    private mutating func mishap(_ plan: Plan) -> Mishap {
        let writes = plan.actions.count + 1
        if climate.processesDie, !isCalm, isOneIn(8) {
            return .death(before: Int.random(in: 0...writes, using: &random))
        }
        if climate.answersAreLost, !isCalm, isOneIn(6) {
            let write = Int.random(in: 0..<writes, using: &random)
            return Bool.random(using: &random) ? .lost(write) : .dropped(write)
        }
        return .none
    }

    private mutating func execute(_ plan: Plan, _ observed: TFJobDecision.Observed, _ mishap: Mishap) {
        var chains = chains(plan, over: observed.job)
        var isStatusWritten = !chains.contains { if case .status? = $0.first { true } else { false } }
        if isStatusWritten, server.job?.status == observed.job.status { record(observed) }
        var done: Set<Int> = []
        var failure: KubernetesError?
        var count = 0
        while let chain = chains.indices.filter({ !chains[$0].isEmpty }).randomElement(using: &random) {
            if mishap == .death(before: count) { return die() }
            let write = chains[chain].removeFirst()
            do throws(KubernetesError) {
                try perform(
                    write, plan, observed, isLost: mishap == .lost(count),
                    isDropped: mishap == .dropped(count))
                switch write {
                case .status: isStatusWritten = true
                case .action(let index): done.insert(index)
                }
            } catch {
                note("  \(error)")
                // A conflict says less than any other failure.
                if failure == nil || failure?.reason == .conflict { failure = error }
                chains[chain] = []
            }
            count += 1
        }
        if mishap == .death(before: count) { return die() }
        for event in plan.events where event.action.map(done.contains) ?? isStatusWritten {
            tell(event, plan)
        }
        if let failure {
            if failure.reason != .conflict { controller.lastFailure = failure }
        } else {
            controller.lastFailure = nil
        }
    }

    /// What is written one after the other.
    private func chains(_ plan: Plan, over job: TFJob) -> [[Write]] {
        var status: [Write] = []
        if let new = plan.status, new != job.status?.json ?? [:],
            let decoded = try? new.decode(TFJob.Status.self)
        {
            status = [.status(decoded)]
        }
        switch plan.order {
        case .statusFirst, .tidying: return [status + plan.actions.indices.map(Write.action)]
        // In any order, which is more than the executor does.
        case .statusLast: return [status, plan.actions.indices.map(Write.action)]
        }
    }

    private mutating func die() {
        note("  dies")
        controller = SimulatedController(server)
    }

    private mutating func perform(
        _ write: Write, _ plan: Plan, _ observed: TFJobDecision.Observed, isLost: Bool, isDropped: Bool
    ) throws(KubernetesError) {
        guard !isDropped else { throw KubernetesError(.unreachable, "dropped") }
        let before = controller
        switch write {
        case .status(let status):
            try server.replaceStatus(status, over: observed.job)
            note("  status \(Self.words(status))")
            controller.learn(observed.job.reference, from: server)
            record(observed)
        case .action(let index):
            switch plan.actions[index] {
            case .create(let manifest): try create(manifest, observed)
            case .delete(let reference, let uid, _): try delete(reference, uid: uid, observed)
            case .patch(let reference, _, let patch):
                try server.patch(reference, patch)
                controller.learn(reference, from: server)
            case .apply: break
            }
        }
        if isLost {
            lostAnswers += 1
            controller = before
            throw KubernetesError(.unreachable, "the answer is lost")
        }
    }

    /// The status of a decision is stored now.
    private mutating func record(_ observed: TFJobDecision.Observed) {
        truth.wasRecorded(observed, startTime: server.job?.status?.startTime)
    }

    private mutating func create(
        _ manifest: Manifest, _ observed: TFJobDecision.Observed
    )
        throws(KubernetesError)
    {
        let reference = manifest.reference
        do throws(KubernetesError) {
            try server.create(manifest, at: now)
            note("  creates \(reference.resource.kind) \(reference.key.name)")
            checkCreation(of: reference, observed)
        } catch {
            guard error.reason == .alreadyExists else { throw error }
            let owner = server.metadata(of: reference)?.controller?.uid
            controller.learn(reference, from: server)
            guard owner == observed.job.metadata.uid else { throw error }
            lostAnswers -= 1
            expect(lostAnswers >= 0, .madeTwice, "\(reference)")
        }
        controller.learn(reference, from: server)
    }

    private mutating func delete(
        _ reference: Reference, uid: String, _ observed: TFJobDecision.Observed
    ) throws(KubernetesError) {
        if server.metadata(of: reference)?.uid == uid { checkDeletion(of: reference, observed) }
        do throws(KubernetesError) {
            try server.delete(reference, uid: uid, at: now)
            note("  deletes \(reference.resource.kind) \(reference.key.name)")
        } catch {
            guard error.reason == .notFound || error.reason == .conflict else { throw error }
        }
        if server.metadata(of: reference)?.uid == uid {
            controller.learn(reference, from: server)
        } else {
            controller.forget(reference, uid: uid)
        }
    }
}
