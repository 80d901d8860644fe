import Admission
import BoundedHTTP
import Testing

/// Who has to go when there are too many.
@Suite struct LimitsTests {
    @Test func `the connection goes that has brought nothing for the longest time`() {
        var table = ConnectionTable(limit: 3)
        for connection in 1...3 { #expect(table.open(connection) == nil) }
        table.hear(of: 1)
        #expect(table.open(4) == 2)
        #expect(table.open(5) == 3)
        #expect(table.open(6) == 1)
        #expect(table.count == 3)
        table.close(5)
        #expect(table.open(7) == nil)
    }

    @Test func `a connection whose request is being answered stays`() {
        var table = ConnectionTable(limit: 2)
        _ = (table.open(1), table.open(2))
        table.answer(1)
        #expect(table.open(3) == 2)
        table.answer(3)
        #expect(table.open(4) == 4, "all others are being answered")
        #expect(table.count == 2)
        table.rest(1)
        #expect(table.open(5) == 1)
        // News of one that is gone changes nothing.
        table.hear(of: 1)
        #expect(table.count == 2)
    }

    @Test func `the body is given up that is silent for the longest time, if it is for long enough`() {
        let start = ContinuousClock.now
        func moment(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }
        var queue = BodyQueue<ContinuousClock.Instant>()
        #expect(queue.mostSilent(patience: .zero, at: start) == nil)
        let first = queue.begin(at: moment(0))
        let second = queue.begin(at: moment(100))
        #expect(queue.mostSilent(patience: .milliseconds(500), at: moment(499)) == nil)
        #expect(queue.mostSilent(patience: .milliseconds(500), at: moment(500)) == first)
        queue.hear(of: first, at: moment(500))
        #expect(queue.mostSilent(patience: .milliseconds(500), at: moment(700)) == second)
        queue.end(second)
        #expect(queue.mostSilent(patience: .milliseconds(500), at: moment(900)) == nil)
    }

    @Test func `bytes besides the body count, and are given back`() {
        var budget = BodyBudget(perRequest: 10, total: 100)
        #expect(budget.take(10, holding: 0) == .granted)
        #expect(budget.takeBesides(90) == .granted)
        #expect(budget.takeBesides(1) == .exhausted)
        #expect(budget.takeBesides(101) == .tooLarge, "it would never fit")
        budget.giveBack(100)
        #expect(budget.used == 0)
    }

    @Test func `all limits together stay below half of the pod's memory`() {
        let limits = AdmissionLimits()
        // A connection's buffers are some 64 KiB.
        #expect(limits.totalBytes + limits.totalSmallBytes + limits.connections << 16 < 256 << 20)
    }
}
