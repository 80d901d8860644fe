import ControllerRuntime
import TestRandom
import Testing

@Suite struct WorkQueueTests {
    private let start = ContinuousClock.now

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    @Test func `a key that is added twice is handed out once`() {
        var queue = WorkQueue<String>()
        queue.add("a", at: start)
        queue.add("a", at: start)
        #expect(queue.take(at: start)?.key == "a")
        #expect(queue.take(at: start) == nil)
        #expect(queue.count == 0)
    }

    @Test func `a key that is worked on is not handed out again until it is done`() {
        var queue = WorkQueue<String>()
        queue.add("a", at: start)
        _ = queue.take(at: start)
        queue.add("a", at: start)
        #expect(queue.take(at: at(1)) == nil)
        #expect(queue.nextMoment() == nil)
        queue.done("a")
        #expect(queue.take(at: at(1))?.key == "a")
        queue.done("a")
        #expect(queue.take(at: at(2)) == nil)
    }

    @Test func `keys come out in the order of their moments, then of their adding`() {
        var queue = WorkQueue<String>()
        queue.add("late", at: at(20))
        queue.add("first", at: at(5))
        queue.add("second", at: at(5))
        #expect(queue.nextMoment() == at(5))
        #expect(queue.take(at: at(4)) == nil)
        let taken = (0..<3).map { _ in queue.take(at: at(30))?.key }
        #expect(taken == ["first", "second", "late"])
    }

    @Test func `an earlier moment wins and a later one is ignored`() {
        var queue = WorkQueue<String>()
        queue.add("a", at: at(50))
        queue.add("a", at: at(10))
        queue.add("a", at: at(90))
        #expect(queue.nextMoment() == at(10))
        #expect(queue.take(at: at(10))?.key == "a")
        queue.done("a")
        #expect(queue.take(at: at(100)) == nil)
        #expect(queue.nextMoment() == nil)
    }

    @Test func `an item knows how long it lay ready`() {
        var queue = WorkQueue<String>()
        queue.add("a", at: at(10))
        #expect(queue.take(at: at(25))?.waited == .milliseconds(15))
    }

    @Test func `delays double with failures in a row and start again after a success`() {
        var random = SeededGenerator(seed: 1)
        let backoff = Backoff(base: .milliseconds(100), limit: .seconds(2))
        var queue = WorkQueue<String>(backoff: backoff)
        var delays: [Duration] = []
        for _ in 0..<7 {
            queue.addAfterFailure("a", at: start, using: &random)
            let moment = queue.nextMoment() ?? start
            delays.append(start.duration(to: moment))
            _ = queue.take(at: moment)
            queue.done("a")
        }
        for (delay, full) in zip(delays, [100, 200, 400, 800, 1_600, 2_000, 2_000]) {
            #expect(delay >= .milliseconds(full) / 2 && delay <= .milliseconds(full))
        }
        queue.forget("a")
        queue.addAfterFailure("a", at: start, using: &random)
        #expect(queue.nextMoment() ?? start <= start + .milliseconds(100))
    }

    @Test(arguments: 0..<100) func `no schedule loses a key or hands it to two workers`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = WorkQueue<Int>()
        var working: Set<Int> = []
        /// For each key, the earliest moment at which it is owed to a worker.
        var owed: [Int: Int] = [:]
        var now = 0
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let (key, moment) = (
                    Int.random(in: 0..<12, using: &random), now + Int.random(in: 0...30, using: &random)
                )
                queue.add(key, at: at(moment))
                owed[key] = min(owed[key] ?? moment, moment)
            case 2:
                guard let item = queue.take(at: at(now)) else {
                    #expect(
                        owed.allSatisfy { $0.value > now || working.contains($0.key) }, "a due key was not handed out")
                    continue
                }
                #expect(working.insert(item.key).inserted, "two workers on one key")
                #expect(owed.removeValue(forKey: item.key).map { $0 <= now } == true, "handed out without being owed")
            default:
                if let key = working.randomElement(using: &random) {
                    working.remove(key)
                    queue.done(key)
                }
            }
            now += Int.random(in: 0...3, using: &random)
        }
        for key in working { queue.done(key) }
        var rest: Set<Int> = []
        while let item = queue.take(at: at(now + 1_000)) { rest.insert(item.key) }
        #expect(rest == Set(owed.keys))
    }

    @Test func `the load tells what is due, what waits for its time, and how long work has taken`() {
        var queue = WorkQueue<String>()
        for (key, moment) in [("a", 0), ("b", 0), ("c", 10), ("d", 5_000)] { queue.add(key, at: at(moment)) }
        _ = queue.take(at: at(0))
        _ = queue.take(at: at(100))
        #expect(
            queue.load(at: at(300))
                == QueueLoad(ready: 1, delayed: 1, unfinished: .milliseconds(500), longest: .milliseconds(300)))
        queue.done("a")
        queue.done("b")
        #expect(queue.load(at: at(300)) == QueueLoad(ready: 1, delayed: 1))
    }

    @Test func `asking for a key that waits already is no news`() {
        var queue = WorkQueue<String>()
        // The second is later and the third is earlier, but all are the same key.
        let waiting = [50, 90, 10].map { queue.add("a", at: at($0)) }
        #expect(waiting == [true, false, false])
        _ = queue.take(at: at(10))
        let working = [20, 20].map { queue.add("a", at: at($0)) }
        #expect(working == [true, false])
    }

    @Test func `a key that fails again and again is not worked on at every event, until it succeeds`() {
        var random = SeededGenerator(seed: 4)
        var queue = WorkQueue<String>()
        var (now, tries) = (start, 0)
        // Whatever fails here changes the object, which is an event.
        while now < at(30_000) {
            queue.add("a", at: now)
            now = queue.nextMoment() ?? now
            guard queue.take(at: now) != nil else { break }
            tries += 1
            queue.add("a", at: now)
            queue.addAfterFailure("a", at: now, using: &random)
            queue.done("a")
        }
        #expect(tries > 20 && tries < 45, "about one a second, was \(tries)")
        queue.forget("a")
        #expect(queue.add("b", at: now) == true)
        #expect(queue.take(at: now)?.key == "b")
    }

    @Test func `a success lets the next event through at once`() {
        var random = SeededGenerator(seed: 5)
        var queue = WorkQueue<String>()
        for _ in 0..<9 { queue.addAfterFailure("a", at: start, using: &random) }
        queue.forget("a")
        queue.add("a", at: start)
        #expect(queue.take(at: start)?.key == "a")
    }

    @Test func `far moments that earlier ones replaced do not pile up`() {
        var queue = WorkQueue<Int>()
        for round in 0..<1_000 {
            for key in 0..<10 {
                queue.add(key, at: at(round))
                _ = queue.take(at: at(round))
                queue.done(key)
                // A deadline in a year.
                queue.add(key, at: at(31_536_000_000))
            }
            #expect(queue.entries <= 200)
        }
        #expect(queue.count == 10)
        #expect(queue.nextMoment() == at(31_536_000_000))
    }
}
