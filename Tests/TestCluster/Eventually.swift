/// What was waited for did not come; the description says what was there instead.
package struct NotInTime: Error, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }
}

/// Asks until there is an answer.
///
/// The limit is for a machine that is busy with much else; an idle one answers in a fraction of a second.
///
/// - Parameters:
///   - what: A sentence for the failure.
///   - limit: How long to ask.
///   - pause: Between two questions.
///   - ask: Answers `nil` while it is too early.
/// - Returns: The first answer.
/// - Throws: ``NotInTime``, or what `ask` throws.
@discardableResult
package func eventually<Answer>(
    _ what: String, within limit: Duration = .seconds(90), every pause: Duration = .milliseconds(50),
    isolation: isolated (any Actor)? = #isolation,
    ask: () async throws -> Answer?
) async throws -> Answer {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if let answer = try await ask() { return answer }
        try await Task.sleep(for: pause)
    }
    throw NotInTime(description: "within \(limit) it did not come true that \(what)")
}
