/// Turns single answers of a probe into changes of state, by its thresholds.
package struct ProbeCounter: Hashable, Sendable {
    let successThreshold: Int
    let failureThreshold: Int
    /// What the container counts as; `nil` until a threshold was reached.
    package private(set) var state: Bool?
    private var streak = 0
    private var last: Bool?

    package init(_ manifest: ProbeManifest) {
        successThreshold = manifest.successThreshold ?? 1
        failureThreshold = manifest.failureThreshold ?? 3
    }

    /// Notes one answer; returns the new state when this answer changed it.
    package mutating func note(_ success: Bool) -> Bool? {
        streak = last == success ? streak + 1 : 1
        last = success
        guard streak >= (success ? successThreshold : failureThreshold), state != success else { return nil }
        state = success
        return success
    }
}
