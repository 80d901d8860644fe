import Serving
import Synchronization
import TensorFlow
import Testing

@Suite("Executor", .timeLimit(.minutes(10))) struct InferenceExecutorTests {
    /// Something that work waits for, blocking its thread.
    private final class Gate: Sendable {
        private let isOpen = Mutex(false)
        func open() { isOpen.withLock { $0 = true } }
        func pass() { while !isOpen.withLock({ $0 }) {} }
    }

    /// What has run.
    private final class Record: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: String) { names.withLock { $0.append(name) } }
        func contains(_ name: String) -> Bool { names.withLock { $0.contains(name) } }
    }

    @Test("Results and errors come back")
    func results() async throws {
        let executor = InferenceExecutor(threads: 2, queueLength: 1)
        #expect(try await executor.run { 6 * 7 } == 42)
        await #expect(throws: TFError(.dataLoss, "no")) { try await executor.run { throw TFError(.dataLoss, "no") } }
        try await executor.shutDown()
        await #expect(throws: TFError(.unavailable, "the server is stopping")) { try await executor.run { 1 } }
    }

    @Test("A full queue refuses at once; the work in it is done")
    func fullQueue() async throws {
        let executor = InferenceExecutor(threads: 1, queueLength: 2)
        let gate = Gate()
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...3 {
                group.addTask {
                    try await executor.run {
                        gate.pass()
                        return number
                    }
                }
            }
            while executor.jobCount < 3 { await Task.yield() }
            await #expect(throws: TFError(.unavailable, "3 calls are running or waiting; try again later")) {
                try await executor.run { 4 }
            }
            gate.open()
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(results == [1, 2, 3])
        try await executor.shutDown()
        #expect(executor.jobCount == 0)
    }

    @Test("A caller that gives up is free at once, though the work goes on")
    func abandoned() async throws {
        let executor = InferenceExecutor(threads: 1, queueLength: 2)
        let gate = Gate()
        let ran = Record()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await executor.run {
                        ran.add("running")
                        gate.pass()
                    }
                }
            }
            // Work that is only queued would be taken back.
            while !ran.contains("running") { await Task.yield() }
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await executor.run { ran.add("waiting") }
                }
            }
            while executor.jobCount < 2 { await Task.yield() }
            group.cancelAll()
            await group.waitForAll()
        }
        #expect(executor.jobCount == 2, "the gate is still closed")
        gate.open()
        try await executor.shutDown()
        #expect(!ran.contains("waiting"))
    }
}
