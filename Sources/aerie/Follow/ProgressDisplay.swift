/// Shows a few lines that change: in place on a terminal, and appended, when they differ, anywhere else.
struct ProgressDisplay {
    private let isTerminal = StandardStream.output.isTerminal
    private var shown: [String] = []
    private var lastPrinted: ContinuousClock.Instant?
    /// Lines that came too soon after the last ones.
    private var held: [String] = []

    mutating func show(_ lines: [String]) {
        guard lines != shown else { return }
        if isTerminal {
            // Up to the first line that was shown, then each line anew and whatever is below erased.
            let up = shown.isEmpty ? "" : "\u{1B}[\(shown.count)A"
            write(up + lines.map { "\u{1B}[2K\($0)\n" }.joined() + "\u{1B}[J")
            shown = lines
        } else {
            // A log need not have every step: at most one block every two seconds.
            guard lastPrinted.map({ $0.duration(to: .now) >= .seconds(2) }) ?? true else {
                held = lines
                return
            }
            append(lines)
        }
    }

    /// Leaves what was shown on the screen.
    mutating func finish() {
        if !isTerminal, !held.isEmpty { append(held) }
        shown = []
    }

    private mutating func append(_ lines: [String]) {
        write(lines.filter { !shown.contains($0) }.map { "\($0)\n" }.joined())
        (shown, held, lastPrinted) = (lines, [], .now)
    }

    private func write(_ text: String) { StandardStream.output.write(text) }
}
