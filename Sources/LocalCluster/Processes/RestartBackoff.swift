/// How long to wait before a program that ended is started again.
struct RestartBackoff: Hashable, Sendable {
    var base: Duration = .milliseconds(200)
    var limit: Duration = .seconds(30)
    /// A program that ran this long had nothing to do with earlier failures.
    var forgiveness: Duration = .seconds(60)
    private(set) var failures = 0

    /// Notes an end and answers with the delay before the next start: doubling, up to the limit.
    mutating func ended(after uptime: Duration) -> Duration {
        if uptime >= forgiveness { failures = 0 }
        defer { failures += 1 }
        return min(limit, base * (1 << min(failures, 20)))
    }
}
