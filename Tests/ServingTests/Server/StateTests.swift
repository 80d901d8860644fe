import BoundedHTTP
import KubernetesAPI
import Serving
import TensorFlow
import Testing

@Suite("States") struct StateTests {
    @Test("A caller that waits is answered by the work, once")
    func answeredByWork() {
        var job = JobState()
        #expect(job.wait() == .proceed)
        #expect(job.begin() == .proceed)
        #expect(job.finish() == .answer)
        #expect(job.abandon() == .proceed)
        #expect(job.finish() == .proceed)
    }

    @Test("A caller that gives up is answered at once, and work that has not begun never does")
    func abandonedWhileWaiting() {
        var job = JobState()
        #expect(job.wait() == .proceed)
        #expect(job.abandon() == .answer)
        #expect(job.begin() == .skip)
    }

    @Test("A caller that gives up while the work runs is answered at once, and the result is dropped")
    func abandonedWhileRunning() {
        var job = JobState()
        #expect(job.wait() == .proceed)
        #expect(job.begin() == .proceed)
        #expect(job.abandon() == .answer)
        #expect(job.finish() == .proceed)
    }

    @Test("A caller that has given up before it waits is answered when it does")
    func abandonedBefore() {
        var job = JobState()
        #expect(job.abandon() == .proceed)
        #expect(job.wait() == .answer)
        #expect(job.begin() == .skip)
    }

    @Test("Bodies are limited one by one and all together")
    func budget() {
        var budget = BodyBudget(perRequest: 10, total: 15)
        #expect(budget.take(10, holding: 0) == .granted)
        #expect(budget.take(1, holding: 10) == .tooLarge)
        #expect(budget.take(11, holding: 0) == .tooLarge)
        #expect(budget.take(5, holding: 0) == .granted)
        #expect(budget.take(1, holding: 5) == .exhausted)
        budget.giveBack(10)
        #expect(budget.take(5, holding: 5) == .granted)
        #expect(budget.used == 10)
        #expect(BodyBudget(perRequest: 10, total: 5).total == 10, "one request always fits")
    }

    @Test("Versions go from START over LOADING to END with the reason, and are not ready")
    func failedVersion() throws {
        var table = VersionTable(name: "m", versions: [1, 2])
        #expect(try table.statuses(of: .latest).map(\.version) == [2, 1])
        #expect(try table.statuses(of: .number(1)).map(\.state) == [.start])
        table.beginLoading(2)
        #expect(try table.statuses(of: .number(2)).map(\.state) == [.loading])
        #expect(throws: TFError(.unavailable, "version 2 of \"m\" is LOADING")) { try table.model(.latest) }
        table.fail(2, with: TFError(.dataLoss, "torn"))
        #expect(try table.statuses(of: .number(2)).map(\.state) == [.end])
        #expect(
            try table.statuses(of: .number(2)).map(\.json) == [
                [
                    "version": "2", "state": "END", "status": ["error_code": "DATA_LOSS", "error_message": "torn"],
                ]
            ])
        #expect(!table.isReady)
        #expect(throws: TFError(.notFound, "model \"m\" has no version 3; it has 1, 2")) { try table.model(.number(3)) }
        #expect(throws: TFError.self) { try table.model(.label("stable")) }
    }
}
