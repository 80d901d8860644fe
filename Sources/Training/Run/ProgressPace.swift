/// When a line of progress is due, and how fast the training went since the last one.
struct ProgressPace {
    private var step: Int
    private var uptime: Double

    init(step: Int, uptime: Double) {
        self.step = step
        self.uptime = uptime
    }

    func isDue(at now: Double, after interval: Double) -> Bool { now - uptime >= interval }

    /// Steps a second since the last call.
    mutating func advance(to step: Int, uptime: Double) -> Double {
        defer {
            self.step = step
            self.uptime = uptime
        }
        return Double(step - self.step) / max(uptime - self.uptime, 1e-9)
    }
}
