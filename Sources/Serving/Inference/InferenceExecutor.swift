import NIOPosix
import Synchronization
import TensorFlow

/// Runs blocking work on a few threads of its own, with a bounded queue in front of them.
///
/// TensorFlow blocks for as long as a model computes. On Swift's cooperative pool, which has a thread a core, that
/// would hold up every other request, health checks included.
package final class InferenceExecutor: Sendable {
    private let threads: NIOThreadPool
    private let maximumJobs: Int
    private let jobs = Mutex(0)

    /// - Parameters:
    ///   - threads: how many calls run at the same time.
    ///   - queueLength: how many more may wait.
    package init(threads: Int, queueLength: Int) {
        self.threads = NIOThreadPool(numberOfThreads: threads)
        maximumJobs = threads + queueLength
        self.threads.start()
    }

    /// Work that is running or waiting.
    package var jobCount: Int { jobs.withLock { $0 } }

    /// Runs `work` on one of the threads.
    ///
    /// - Throws: what `work` throws; ``TFError`` `unavailable` when the queue is full or the executor has stopped;
    ///   `CancellationError` at once when the task is cancelled, whether the work has started or not.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let isAdmitted = jobs.withLock { jobs in
            guard jobs < maximumJobs else { return false }
            jobs += 1
            return true
        }
        guard isAdmitted else {
            throw TFError(.unavailable, "\(maximumJobs) calls are running or waiting; try again later")
        }
        let job = Job<Result>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                job.wait(continuation)
                threads.submit { [jobs = JobCount(self)] state in
                    defer { jobs.decrement() }
                    guard state == .active else {
                        return job.finish(.failure(TFError(.unavailable, "the server is stopping")))
                    }
                    guard job.begin() else { return }
                    job.finish(Swift.Result { try work() })
                }
            }
        } onCancel: {
            job.abandon()
        }
    }

    /// Waits for the work that is running; what waits is refused.
    package func shutDown() async throws { try await threads.shutdownGracefully() }

    private struct JobCount: Sendable {
        let executor: InferenceExecutor
        init(_ executor: InferenceExecutor) { self.executor = executor }
        func decrement() { executor.jobs.withLock { $0 -= 1 } }
    }
}

/// One piece of work and who waits for it: the shell around ``JobState``.
private final class Job<Result: Sendable>: Sendable {
    private struct Guarded {
        var state = JobState()
        var continuation: CheckedContinuation<Result, any Error>?
    }
    private let guarded = Mutex(Guarded())

    func wait(_ continuation: CheckedContinuation<Result, any Error>) {
        let action = guarded.withLock { guarded in
            guarded.continuation = continuation
            return guarded.state.wait()
        }
        if action == .answer { answer(.failure(CancellationError())) }
    }

    func begin() -> Bool { guarded.withLock { $0.state.begin() } == .proceed }

    func finish(_ result: Swift.Result<Result, any Error>) {
        if guarded.withLock({ $0.state.finish() }) == .answer { answer(result) }
    }

    func abandon() {
        if guarded.withLock({ $0.state.abandon() }) == .answer { answer(.failure(CancellationError())) }
    }

    private func answer(_ result: Swift.Result<Result, any Error>) {
        let continuation = guarded.withLock { guarded in
            defer { guarded.continuation = nil }
            return guarded.continuation
        }
        continuation?.resume(with: result)
    }
}
