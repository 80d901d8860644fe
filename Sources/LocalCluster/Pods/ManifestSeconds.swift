/// Seconds as manifests give them, made safe to compute with and to wait for.
///
/// The API server accepts any 64-bit number of seconds in several places, and sums of those overflow. Nobody waits for
/// more than ten years, nor for less than nothing.
package enum ManifestSeconds {
    /// Ten years.
    package static let longest = 315_360_000

    /// The nearest number of seconds from 0 to ``longest``.
    package static func bounded(_ seconds: Int) -> Int { min(max(0, seconds), longest) }
}

extension Duration {
    /// A time that can be waited for: ``ManifestSeconds/bounded(_:)`` of a number of seconds.
    package static func bounded(seconds: Int) -> Duration { .seconds(ManifestSeconds.bounded(seconds)) }
}
