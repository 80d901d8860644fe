import Synchronization

/// How often values fell into ranges.
public final class Histogram: MetricsRegistry.Family {
    /// Seconds, from 1 ms to 10 s.
    public static let latencyBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private struct Sample {
        /// Observations in each bucket, not yet cumulative; the last one is `+Inf`.
        var counts: [UInt64]
        var sum = 0.0
    }

    let name: String
    private let help: String
    private let labels: [String]
    private let buckets: [Double]
    private let samples: Mutex<[[String]: Sample]>

    init(name: String, help: String, labels: [String], buckets: [Double]) {
        precondition(zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }, "buckets of \(name) must ascend")
        self.name = name
        self.help = help
        self.labels = labels
        self.buckets = buckets
        samples = Mutex(labels.isEmpty ? [[]: Sample(counts: Array(repeating: 0, count: buckets.count + 1))] : [:])
    }

    public func observe(_ value: Double, _ labelValues: String...) {
        precondition(labelValues.count == labels.count, "\(name) has the labels \(labels)")
        let bucket = buckets.firstIndex { value <= $0 } ?? buckets.count
        samples.withLock { samples in
            var sample = samples[labelValues] ?? Sample(counts: Array(repeating: 0, count: buckets.count + 1))
            sample.counts[bucket] += 1
            sample.sum += value
            samples[labelValues] = sample
        }
    }

    /// How many values were observed under these labels.
    public func count(_ labelValues: String...) -> UInt64 {
        samples.withLock { $0[labelValues]?.counts.reduce(0, +) ?? 0 }
    }

    func write(to output: inout String) {
        let samples = samples.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        guard !samples.isEmpty else { return }
        output += exposition(help: help, type: "histogram", of: name)
        for (values, sample) in samples {
            var cumulative: UInt64 = 0
            for (bound, count) in zip(buckets + [.infinity], sample.counts) {
                cumulative += count
                let bucket = exposition(labels: labels, values: values, also: ("le", expositionText(bound)))
                output += "\(name)_bucket\(bucket) \(cumulative)\n"
            }
            let tail = exposition(labels: labels, values: values)
            output += "\(name)_sum\(tail) \(expositionText(sample.sum))\n\(name)_count\(tail) \(cumulative)\n"
        }
    }
}
