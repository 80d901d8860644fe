/// The life of a piece of work that waits for a thread, and that its caller may give up waiting for.
///
/// The caller is answered exactly once: by the work, or as soon as it gives up. Work that has not started by then is
/// never started; work that has runs to its end, because TensorFlow cannot be interrupted, and its result is dropped.
package struct JobState: Hashable, Sendable {
    private enum Step { case created, waiting, running, answered }
    private var step = Step.created

    package init() {}

    package enum Action: Hashable, Sendable {
        /// Answer the caller now.
        case answer
        /// Go on; the caller is answered later or was answered before.
        case proceed
        /// Do not begin.
        case skip
    }

    /// The caller waits from now on.
    package mutating func wait() -> Action {
        guard step == .created else { return .answer }
        step = .waiting
        return .proceed
    }

    /// A thread is ready.
    package mutating func begin() -> Action {
        guard step == .waiting else { return .skip }
        step = .running
        return .proceed
    }

    /// The work is done, or cannot be done.
    package mutating func finish() -> Action { answer() }

    /// The caller gives up.
    package mutating func abandon() -> Action {
        guard step != .created else {
            // There is nobody to answer yet: `wait` is going to find out.
            step = .answered
            return .proceed
        }
        return answer()
    }

    private mutating func answer() -> Action {
        guard step == .waiting || step == .running else { return .proceed }
        step = .answered
        return .answer
    }
}
