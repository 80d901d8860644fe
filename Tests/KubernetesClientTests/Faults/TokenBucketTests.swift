import KubernetesClient
import Testing

@Suite struct TokenBucketTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// When tokens are taken, in milliseconds since the start.
        var moments: [Int]
        /// How long each must wait, in milliseconds.
        var delays: [Int]
    }

    static let rows = [
        Row(testDescription: "a full bucket serves a burst", moments: [0, 0, 0], delays: [0, 0, 0]),
        Row(
            testDescription: "beyond it everyone waits in turn", moments: [0, 0, 0, 0, 0], delays: [0, 0, 0, 100, 200]),
        Row(testDescription: "time brings tokens", moments: [0, 0, 0, 100, 150], delays: [0, 0, 0, 0, 50]),
        Row(
            testDescription: "and no more than a burst of them", moments: [0, 0, 0, 10_000, 10_000, 10_000, 10_000],
            delays: [0, 0, 0, 0, 0, 0, 100]),
        Row(testDescription: "a clock that stands still brings none", moments: [0, 0, 0, 0], delays: [0, 0, 0, 100]),
    ]

    @Test(arguments: rows) func bucket(row: Row) {
        let start = ContinuousClock.now
        var bucket = TokenBucket(rate: 10, burst: 3, at: start)
        let delays = row.moments.map { bucket.take(at: start + .milliseconds($0)) }
        for (delay, expected) in zip(delays, row.delays) {
            #expect(abs((delay - .milliseconds(expected)) / .milliseconds(1)) < 0.001)
        }
    }
}
