import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Reads request bodies into memory, within a budget that all requests share.
final class BodyReader: Sendable {
    private let budget: Mutex<BodyBudget>

    init(_ budget: BodyBudget) { self.budget = Mutex(budget) }

    /// Reads a body, and gives its memory back to the budget when `use` is done with it.
    ///
    /// - Throws: ``HTTPFailure`` 413 for a body that is too large, 503 while others hold the memory, 400 for one that
    ///   ends early, and what `use` throws.
    func withBody<Result>(
        of request: Request, _ use: ([UInt8]) async throws -> Result
    ) async throws -> Result {
        var body: [UInt8] = []
        defer { budget.withLock { [count = body.count] in $0.giveBack(count) } }
        let limit = budget.withLock { $0.perRequest }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) {
            guard length <= limit else { throw tooLarge(limit) }
            // Trust it for a first allocation only: whoever announces much has to send it, too.
            body.reserveCapacity(min(length, 1 << 20))
        }
        for try await chunk in request.body {
            switch budget.withLock({ [count = body.count] in $0.take(chunk.readableBytes, holding: count) }) {
            case .granted: body += chunk.readableBytesView
            case .tooLarge: throw tooLarge(limit)
            case .exhausted:
                throw HTTPFailure(
                    .serviceUnavailable, "the server holds as many request bodies as it may; try again later",
                    headers: [.retryAfter: "1"])
            }
        }
        return try await use(body)
    }

    private func tooLarge(_ limit: Int) -> HTTPFailure {
        HTTPFailure(.contentTooLarge, "the request has more than the \(limit) bytes that are allowed")
    }
}
