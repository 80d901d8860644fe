/// The time until which a request has to be answered.
package struct Deadline: Sendable {
    package let instant: ContinuousClock.Instant

    package init(after duration: Duration) { instant = .now + duration }

    /// What is thrown at the deadline.
    package struct Exceeded: Error {}

    /// Runs `body`, which is cancelled at the deadline.
    ///
    /// - Throws: what `body` throws, or ``Exceeded``.
    package func enforce<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result
    {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await body() }
            group.addTask { [instant] in
                try await Task.sleep(until: instant, clock: .continuous)
                throw Exceeded()
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw Exceeded() }
            return result
        }
    }
}
