import ControllerRuntime
import KubernetesAPI
import Testing

@Suite struct EventCorrelatorTests {
    private let start = ContinuousClock.now
    private let now = MicroTime(microseconds: 255)
    private let object = InvolvedObject(ConfigMap("a"))
    private let event = Plan.Event(.normal, reason: "Created", message: "created pod a")

    @Test func `the first event makes an object and the same again counts on it`() {
        var correlator = EventCorrelator()
        #expect(correlator.outcome(of: event, about: object, at: start, now: now) == .create(name: "a.100"))
        #expect(correlator.outcome(of: event, about: object, at: start, now: now) == .count(name: "a.100", 2))
        #expect(correlator.outcome(of: event, about: object, at: start, now: now) == .count(name: "a.100", 3))
    }

    @Test func `other words, other objects and other times make other objects`() {
        var correlator = EventCorrelator()
        _ = correlator.outcome(of: event, about: object, at: start, now: now)
        let other = Plan.Event(.normal, reason: "Created", message: "created pod b")
        #expect(correlator.outcome(of: other, about: object, at: start, now: now) == .create(name: "a.101"))
        let elsewhere = InvolvedObject(ConfigMap("b"))
        #expect(correlator.outcome(of: event, about: elsewhere, at: start, now: now) == .create(name: "b.102"))
        let later = start + .seconds(600)
        #expect(correlator.outcome(of: event, about: object, at: later, now: now) == .create(name: "a.103"))
    }

    @Test func `one object causes at most a burst, and then one event in five minutes`() {
        var correlator = EventCorrelator()
        func isDropped(_ number: Int, at seconds: Int) -> Bool {
            let event = Plan.Event(.warning, reason: "Failed", message: "\(number)")
            return correlator.outcome(of: event, about: object, at: start + .seconds(seconds), now: now) == .drop
        }
        #expect((0..<100).filter { !isDropped($0, at: 0) }.count == 25)
        #expect(isDropped(100, at: 299))
        #expect(!isDropped(101, at: 600))
        #expect(correlator.outcome(of: event, about: InvolvedObject(ConfigMap("b")), at: start, now: now) != .drop)
    }

    @Test func `an object that the server forgot is made again`() {
        var correlator = EventCorrelator()
        _ = correlator.outcome(of: event, about: object, at: start, now: now)
        correlator.forget(event, about: object)
        #expect(correlator.outcome(of: event, about: object, at: start, now: now) == .create(name: "a.101"))
    }

    @Test func `names stay within the limits of object names`() {
        var correlator = EventCorrelator()
        let long = InvolvedObject(ConfigMap(String(repeating: "x", count: 253)))
        guard case .create(let name) = correlator.outcome(of: event, about: long, at: start, now: now) else {
            Issue.record("expected a new object")
            return
        }
        #expect(name.utf8.count <= 253)
    }

    @Test func `events of twenty thousand objects all get through`() {
        var correlator = EventCorrelator()
        var dropped = 0
        for number in 0..<20_000 {
            let object = InvolvedObject(ConfigMap("o\(number)"))
            if correlator.outcome(of: event, about: object, at: start, now: now) == .drop { dropped += 1 }
        }
        #expect(dropped == 0)
    }

    @Test func `at capacity an event costs the same, and what was heard of last is remembered`() {
        var correlator = EventCorrelator()
        let count = 4 * EventCorrelator.capacity
        func outcome(_ number: Int) -> EventCorrelator.Outcome {
            correlator.outcome(of: event, about: InvolvedObject(ConfigMap("o\(number)")), at: start, now: now)
        }
        var most = 0
        for number in 0..<count {
            let before = correlator.visited
            _ = outcome(number)
            most = max(most, correlator.visited - before)
            // One that is heard of all the time keeps its place.
            if number > 0, number % 1_000 == 0, number < 20_000 { _ = outcome(0) }
        }
        #expect(most <= 2, "one event and one object make room for the next")
        #expect(correlator.visited <= 2 * count)
        #expect(correlator.remembered.events == EventCorrelator.capacity)
        #expect(correlator.remembered.objects == EventCorrelator.capacity)
        guard case .count(_, let times) = outcome(0) else {
            Issue.record("what is heard of all the time was forgotten")
            return
        }
        #expect(times > 10)
        guard case .count = outcome(count - 1), case .create = outcome(1) else {
            Issue.record("the last one is remembered, and the second is not")
            return
        }
    }

    @Test func `an object that used its events up has none at capacity either, as long as it is heard of`() {
        var correlator = EventCorrelator()
        func isDropped(_ name: String, _ number: Int) -> Bool {
            let event = Plan.Event(.warning, reason: "Failed", message: "\(number)")
            let object = InvolvedObject(ConfigMap(name))
            return correlator.outcome(of: event, about: object, at: start, now: now) == .drop
        }
        for number in 0..<25 { #expect(!isDropped("loud", number)) }
        for number in 0..<(3 * EventCorrelator.capacity) {
            #expect(!isDropped("o\(number)", number))
            if number % 100 == 0 { #expect(isDropped("loud", number)) }
        }
    }
}
