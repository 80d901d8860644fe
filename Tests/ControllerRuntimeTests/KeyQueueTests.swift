import ControllerRuntime
import KubernetesAPI
import PrometheusMetrics
import Testing

@Suite(.timeLimit(.minutes(10))) struct KeyQueueTests {
    private let queue = KeyQueue(
        name: "test", backoff: Backoff(base: .milliseconds(10)), metrics: RuntimeMetrics(in: MetricsRegistry()))
    private let key = ObjectKey(namespace: "ns", name: "a")

    @Test func `a waiting worker gets a key when it comes`() async {
        async let next = queue.next()
        try? await Task.sleep(for: .milliseconds(20))
        queue.add(key)
        #expect(await next == key)
    }

    @Test func `a delayed key fires by itself`() async {
        let began = ContinuousClock.now
        queue.add(key, after: .milliseconds(60))
        #expect(await queue.next() == key)
        #expect(began.duration(to: .now) >= .milliseconds(60))
    }

    @Test func `a key that came earlier than expected wakes a worker that waits for a later one`() async {
        queue.add(ObjectKey(namespace: "ns", name: "later"), after: .seconds(30))
        async let next = queue.next()
        try? await Task.sleep(for: .milliseconds(20))
        queue.add(key)
        #expect(await next == key)
    }

    @Test func `a failed key comes back and a finished one does not`() async {
        queue.add(key)
        _ = await queue.next()
        queue.done(key, requeue: .withBackoff, took: .zero)
        #expect(await queue.next() == key)
        queue.done(key, requeue: .whenSomethingChanges, took: .zero)
        let next = await withTaskGroup(of: ObjectKey?.self) { group in
            group.addTask { await queue.next() }
            try? await Task.sleep(for: .milliseconds(50))
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(next == nil)
    }

    @Test func `cancelling ends all waiting workers`() async {
        let ended = await withTaskGroup(of: ObjectKey?.self) { group in
            for _ in 0..<8 { group.addTask { await queue.next() } }
            try? await Task.sleep(for: .milliseconds(20))
            group.cancelAll()
            return await group.reduce(into: 0) { count, key in count += key == nil ? 1 : 0 }
        }
        #expect(ended == 8)
    }

    @Test func `many workers share many keys and none is lost`() async {
        let keys = (0..<500).map { ObjectKey(namespace: "ns", name: "\($0)") }
        let (stream, worked) = AsyncStream<ObjectKey>.makeStream(bufferingPolicy: .bufferingNewest(1_000))
        var seen: [ObjectKey] = []
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while let key = await queue.next() {
                        worked.yield(key)
                        queue.done(key, requeue: .whenSomethingChanges, took: .zero)
                    }
                }
            }
            for key in keys { queue.add(key) }
            for await key in stream.prefix(keys.count) { seen.append(key) }
            group.cancelAll()
        }
        #expect(seen.sorted() == keys.sorted())
    }

    @Test func `keys of a later moment are handed out in time though other keys come and go`() async {
        let (stream, worked) = AsyncStream<Duration>.makeStream(bufferingPolicy: .bufferingNewest(1_000))
        let began = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while let key = await queue.next() {
                        if let planned = Int(key.name) {
                            worked.yield(began.duration(to: .now) - .milliseconds(planned))
                        } else {
                            // Who took this is not there for the keys of later moments.
                            try? await Task.sleep(for: .milliseconds(50))
                        }
                        queue.done(key, requeue: .whenSomethingChanges, took: .zero)
                    }
                }
            }
            for number in 0..<100 {
                let planned = 300 + number * 7
                let delay = Duration.milliseconds(planned) - began.duration(to: .now)
                queue.add(ObjectKey(namespace: "ns", name: "\(planned)"), after: delay)
                if number % 10 == 0 { queue.add(ObjectKey(namespace: "ns", name: "busy-\(number)")) }
                try? await Task.sleep(for: .milliseconds(3))
            }
            var latest = Duration.zero
            for await late in stream.prefix(100) { latest = max(latest, late) }
            group.cancelAll()
            #expect(latest < .seconds(2), "was late by \(latest)")
        }
    }

    @Test func `the metrics are those that dashboards for controller-runtime ask for`() async {
        let registry = MetricsRegistry()
        let queue = KeyQueue(name: "jobs", metrics: RuntimeMetrics(in: registry))
        for name in ["a", "b", "a"] { queue.add(ObjectKey(namespace: "ns", name: name)) }
        queue.add(ObjectKey(namespace: "ns", name: "later"), after: .seconds(600))
        let first = await queue.next()
        let text = registry.text
        for line in [
            "workqueue_depth{name=\"jobs\"} 1", "workqueue_adds_total{name=\"jobs\"} 3",
            "workqueue_retries_total{name=\"jobs\"} 0", "aerie_workqueue_delayed{name=\"jobs\"} 1",
            "workqueue_queue_duration_seconds_count{name=\"jobs\"} 1",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
        for name in ["workqueue_unfinished_work_seconds", "workqueue_longest_running_processor_seconds"] {
            #expect(text.contains("\n\(name){name=\"jobs\"} ") && !text.contains("\n\(name){name=\"jobs\"} 0\n"))
        }

        if let first { queue.done(first, requeue: .withBackoff, took: .milliseconds(3)) }
        #expect(registry.text.contains("\nworkqueue_retries_total{name=\"jobs\"} 1\n"))
        #expect(registry.text.contains("\nworkqueue_work_duration_seconds_count{name=\"jobs\"} 1\n"))
        #expect(registry.text.contains("\nworkqueue_longest_running_processor_seconds{name=\"jobs\"} 0\n"))
    }
}
