/// Which bodies are arriving, and since when nothing more of each has come.
package struct BodyQueue<Instant: InstantProtocol>: Sendable {
    private var lastNews: [Int: Instant] = [:]
    private var next = 0

    package init() {}

    /// - Returns: what the body is called from now on.
    package mutating func begin(at now: Instant) -> Int {
        next += 1
        lastNews[next] = now
        return next
    }

    package mutating func hear(of body: Int, at now: Instant) { lastNews[body] = now }

    /// The body has arrived, or is given up.
    package mutating func end(_ body: Int) { lastNews[body] = nil }

    /// The body that nothing was heard of for the longest, and for at least `patience`; `nil` where all come along.
    package func mostSilent(patience: Instant.Duration, at now: Instant) -> Int? {
        guard let (body, news) = lastNews.min(by: { $0.value < $1.value }), news.duration(to: now) >= patience else {
            return nil
        }
        return body
    }
}
