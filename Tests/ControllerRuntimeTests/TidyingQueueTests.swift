import ControllerRuntime
import TestRandom
import Testing

/// Keys that only have something to tidy up give way to the others.
@Suite struct TidyingQueueTests {
    private let start = ContinuousClock.now

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    /// A queue in which keys were postponed at the start.
    private func queue(postponed: [String]) -> WorkQueue<String> {
        var queue = WorkQueue<String>()
        for key in postponed {
            queue.add(key, at: start)
            _ = queue.take(at: start)
            queue.postpone(key, at: start)
        }
        return queue
    }

    @Test func `what is due goes first, though it came later, and then a moment passes`() {
        var queue = queue(postponed: ["x", "y"])
        queue.add("a", at: at(10))
        queue.add("b", at: at(20))
        #expect(queue.take(at: at(20))?.key == "a")
        #expect(queue.take(at: at(20))?.key == "b")
        #expect(queue.take(at: at(119)) == nil)
        #expect(queue.nextMoment() == at(120))
        #expect(queue.take(at: at(120))?.key == "x")
        #expect(queue.take(at: at(120))?.key == "y")
        #expect(queue.take(at: at(120)) == nil)
        #expect(queue.nextMoment() == nil)
    }

    @Test func `whoever has waited for too long takes turns with the others`() {
        var queue = queue(postponed: ["x", "y"])
        let patience = Int(WorkQueue<String>.patience.components.seconds) * 1_000
        let keys = ["a", "b", "c", "d"]
        for key in keys { queue.add(key, at: at(1)) }
        #expect(queue.take(at: at(patience - 1))?.key == "a")
        let taken = (0..<5).map { _ in queue.take(at: at(patience))?.key }
        #expect(taken == ["x", "b", "y", "c", "d"])
    }

    @Test func `no event makes tidying urgent, neither while it waits nor while the key is worked on`() {
        var queue = queue(postponed: ["x"])
        #expect(queue.add("x", at: at(1)) == false)
        queue.add("y", at: at(1))
        _ = queue.take(at: at(1))
        queue.add("y", at: at(1))
        queue.postpone("y", at: at(2))
        queue.add("a", at: at(3))
        #expect(queue.isAnyDue(at: at(2)) == false)
        #expect(queue.take(at: at(4))?.key == "a")
        #expect(queue.count == 2)
    }

    @Test func `a postponed key is handed out once, and not before its time`() {
        var queue = queue(postponed: ["x"])
        #expect(queue.take(at: start)?.key == nil)
        #expect(queue.take(at: at(100))?.key == "x")
        queue.add("x", at: at(101))
        #expect(queue.take(at: at(102)) == nil)
        queue.done("x")
        #expect(queue.take(at: at(102))?.key == "x")
    }

    @Test func `the queue is busy while others are due and for a moment after`() {
        var queue = WorkQueue<String>()
        #expect(queue.isBusy(at: start) == false)
        queue.add("a", at: at(50))
        #expect(queue.isBusy(at: at(49)) == false)
        #expect(queue.isBusy(at: at(50)) == true)
        _ = queue.take(at: at(60))
        #expect(queue.isBusy(at: at(159)) == true)
        #expect(queue.isBusy(at: at(160)) == false)
        #expect(!queue.isShared)
        queue.add("b", at: at(160))
        _ = queue.take(at: at(160))
        #expect(queue.isShared)
    }

    @Test(arguments: 0..<50) func `under endless load everybody gets a turn`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = WorkQueue<Int>()
        var (now, postponed, tidied, longest) = (0, [Int: Int](), 0, 0)
        for step in 0..<20_000 {
            // More than one worker gets through with.
            queue.add(1_000_000 + step, at: at(now))
            if Bool.random(using: &random) { queue.add(2_000_000 + step, at: at(now)) }
            now += 2
            guard let item = queue.take(at: at(now)) else { continue }
            if let since = postponed.removeValue(forKey: item.key) {
                (tidied, longest) = (tidied + 1, max(longest, now - since))
                queue.done(item.key)
            } else if item.key % 8 == 0 {
                postponed[item.key] = now
                queue.postpone(item.key, at: at(now))
            } else {
                queue.done(item.key)
            }
        }
        #expect(tidied > 1_000)
        #expect(longest < 6_000, "milliseconds, was \(longest)")
    }
}
