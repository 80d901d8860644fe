import Synchronization

/// Samples whose values are asked for when the metrics are read.
final class LiveSamples<Value>: Sendable {
    private let samples = Mutex<[[String]: @Sendable () -> Value]>([:])

    /// Shows a sample under these label values; a later one of the same labels replaces it.
    func add(_ labels: [String], read: @escaping @Sendable () -> Value) {
        samples.withLock { $0[labels] = read }
    }

    func read(_ number: (Value) -> Double) -> [[String]: Double] {
        // The readers take locks of their own.
        samples.withLock { $0 }.mapValues { number($0()) }
    }
}
