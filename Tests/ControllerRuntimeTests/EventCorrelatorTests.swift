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
}
