import HTTPTypes
package import Hummingbird
import NIOCore
import Synchronization

/// Reads request bodies into memory, within a budget that all requests share.
///
/// While the budget is used up, a body that has stopped arriving makes room for one that arrives, if its reader said how
/// it can be given up; where all come along, who comes last is told to come again.
package final class BodyReader: Sendable {
    private struct State {
        var budget: BodyBudget
        var arriving = BodyQueue<ContinuousClock.Instant>()
        var giveUp: [Int: @Sendable () -> Void] = [:]

        /// The body has arrived, or is given up.
        mutating func end(_ body: Int) {
            arriving.end(body)
            giveUp[body] = nil
        }
    }

    /// Silence after which a body is given up for others.
    private static let patience = Duration.milliseconds(500)
    /// How long a request waits for memory before it is told to come again.
    private static let longestWait = Duration.seconds(1)

    private let state: Mutex<State>

    package init(_ budget: BodyBudget) { state = Mutex(State(budget: budget)) }

    /// Bytes that are held now.
    package var bytesHeld: Int { state.withLock { $0.budget.used } }

    /// Reads a body, and gives its memory back to the budget when `use` is done with it.
    ///
    /// - Parameters:
    ///   - request: Whose body.
    ///   - giveUp: Ends the request from outside, so that its body ends; `nil`: it is never given up for others.
    ///   - costBesides: Bytes that `use` will need besides the body.
    ///   - use: What is done with the body.
    /// - Throws: ``HTTPFailure`` 413 for a body that is too large, 503 while others hold the memory, 400 for one that
    ///   ends early, and what `use` throws.
    package func withBody<Result>(
        of request: Request, giveUp: (@Sendable () -> Void)? = nil, costBesides: ([UInt8]) -> Int = { _ in 0 },
        _ use: ([UInt8]) async throws -> Result
    ) async throws -> Result {
        var body: [UInt8] = []
        var besides = 0
        let name = state.withLock { state in
            let name = state.arriving.begin(at: .now)
            if let giveUp { state.giveUp[name] = giveUp } else { state.arriving.end(name) }
            return name
        }
        defer {
            state.withLock { [held = body.count + besides] state in
                state.budget.giveBack(held)
                state.end(name)
            }
        }
        let limit = state.withLock { $0.budget.perRequest }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) {
            guard length <= limit else { throw tooLarge(limit) }
            // Trust it for a first allocation only: whoever announces much has to send it, too.
            body.reserveCapacity(min(max(0, length), 1 << 16))
        }
        for try await chunk in request.body {
            let held = body.count
            try await take { $0.take(chunk.readableBytes, holding: held) }
            body += chunk.readableBytesView
            state.withLock { if $0.giveUp[name] != nil { $0.arriving.hear(of: name, at: .now) } }
        }
        state.withLock { $0.end(name) }
        let wanted = costBesides(body)
        try await take { $0.takeBesides(wanted) }
        besides = wanted
        return try await use(body)
    }

    /// Takes from the budget, once or, where silent bodies hold it, after they were given up.
    private func take(_ ask: (inout BodyBudget) -> BodyBudget.Answer) async throws {
        let deadline = ContinuousClock.now + Self.longestWait
        while true {
            let (answer, giveUp) = state.withLock { state -> (BodyBudget.Answer, (@Sendable () -> Void)?) in
                let answer = ask(&state.budget)
                guard answer == .exhausted,
                    let silent = state.arriving.mostSilent(patience: Self.patience, at: .now)
                else { return (answer, nil) }
                let giveUp = state.giveUp[silent]
                state.end(silent)
                return (answer, giveUp)
            }
            switch answer {
            case .granted: return
            case .tooLarge: throw tooLarge(state.withLock { $0.budget.perRequest })
            case .exhausted:
                giveUp?()
                guard .now < deadline, state.withLock({ !$0.giveUp.isEmpty }) || giveUp != nil else {
                    throw HTTPFailure(
                        .serviceUnavailable, "the server holds as many request bodies as it may; try again later",
                        headers: [.retryAfter: "1"])
                }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private func tooLarge(_ limit: Int) -> HTTPFailure {
        HTTPFailure(.contentTooLarge, "the request has more than the \(limit) bytes that are allowed")
    }
}
