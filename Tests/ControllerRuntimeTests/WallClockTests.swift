import ControllerRuntime
import KubernetesAPI
import Logging
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct WallClockTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// What the wall clock shows at each look, in seconds.
        var wall: [Int64]
        /// What the monotonic clock shows, in milliseconds.
        var monotonic: [Int]
        var steps: [Int64?]
    }

    static let rows = [
        Row(
            testDescription: "clocks that go alike are not told", wall: [100, 105, 110], monotonic: [0, 5_000, 10_000],
            steps: [nil, nil, nil]),
        Row(testDescription: "the first look tells nothing", wall: [1_000_000], monotonic: [0], steps: [nil]),
        Row(
            testDescription: "a clock that was set forward", wall: [100, 7_305, 7_310], monotonic: [0, 5_000, 10_000],
            steps: [nil, 7_200, nil]),
        Row(
            testDescription: "and one that was set back", wall: [7_300, 105, 110], monotonic: [0, 5_000, 10_000],
            steps: [nil, -7_200, nil]),
        Row(
            testDescription: "rounding and small corrections are none", wall: [100, 107, 110],
            monotonic: [0, 5_000, 10_000], steps: [nil, nil, nil]),
        Row(
            testDescription: "a long time between two looks is none either", wall: [100, 3_700],
            monotonic: [0, 3_600_000], steps: [nil, nil]),
        Row(
            testDescription: "a process that was paused while the clock was set", wall: [100, 3_700],
            monotonic: [0, 600_000], steps: [nil, 3_000]),
    ]

    @Test(arguments: rows) func look(row: Row) {
        let start = ContinuousClock.now
        var steps = WallClockSteps()
        let seen = zip(row.wall, row.monotonic).map { wall, milliseconds in
            steps.look(at: Time(seconds: wall), start + .milliseconds(milliseconds))
        }
        #expect(seen == row.steps)
    }

    @Test func `the watch tells of each step`() async {
        let offset = Mutex<Int64>(0)
        let told = Mutex(0)
        let looks = Mutex(0)
        let start = ContinuousClock.now
        let watch = WallClockWatch(
            period: .milliseconds(1),
            now: {
                looks.withLock { $0 += 1 }
                let passed = start.duration(to: .now).components.seconds
                return Time(seconds: passed + offset.withLock { $0 })
            }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) {
            told.withLock { $0 += 1 }
        }
        func look() async {
            let before = looks.withLock { $0 }
            while looks.withLock({ $0 }) < before + 2 { await Task.yield() }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run() }
            await look()
            offset.withLock { $0 = 7_200 }
            while told.withLock({ $0 }) == 0 { await Task.yield() }
            offset.withLock { $0 = 0 }
            while told.withLock({ $0 }) == 1 { await Task.yield() }
            await look()
            group.cancelAll()
        }
        #expect(told.withLock { $0 } == 2)
    }
}
