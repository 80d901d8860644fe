import Synchronization

/// The metrics of one program, and their text form.
///
/// Metric families keep the order in which they were made. Making a family with a name that exists already is a
/// programming error.
public final class MetricsRegistry: Sendable {
    /// Something that can write itself in the text format.
    protocol Family: Sendable {
        var name: String { get }
        func write(to output: inout String)
    }

    private let families = Mutex<[any Family]>([])

    public init() {}

    public func counter(_ name: String, help: String, labels: [String] = []) -> Counter {
        register(Counter(series: Series(name: name, help: help, type: "counter", labels: labels)))
    }

    public func gauge(_ name: String, help: String, labels: [String] = []) -> Gauge {
        register(Gauge(series: Series(name: name, help: help, type: "gauge", labels: labels)))
    }

    /// A gauge whose value is asked for whenever the metrics are read.
    public func gauge(_ name: String, help: String, read: @escaping @Sendable () -> Double) {
        gauge(name, help: help, labels: []) { [[]: read()] }
    }

    /// A gauge whose samples, by the values of their labels, are asked for whenever the metrics are read.
    public func gauge(
        _ name: String, help: String, labels: [String], read: @escaping @Sendable () -> [[String]: Double]
    ) {
        _ = register(ComputedMetric(name: name, help: help, type: "gauge", labels: labels, read: read))
    }

    /// A counter whose value is asked for whenever the metrics are read.
    public func counter(_ name: String, help: String, read: @escaping @Sendable () -> Double) {
        _ = register(ComputedMetric(name: name, help: help, type: "counter", labels: [], read: { [[]: read()] }))
    }

    /// Makes a histogram whose buckets end at these upper bounds, in ascending order; `+Inf` is added.
    public func histogram(
        _ name: String, help: String, labels: [String] = [], buckets: [Double] = Histogram.latencyBuckets
    ) -> Histogram {
        register(Histogram(name: name, help: help, labels: labels, buckets: buckets))
    }

    private func register<F: Family>(_ family: F) -> F {
        families.withLock { families in
            precondition(!families.contains { $0.name == family.name }, "the metric \(family.name) exists already")
            families.append(family)
        }
        return family
    }

    /// The families' names, in the order in which they were made.
    public var names: [String] { families.withLock { $0.map(\.name) } }

    /// All metrics in the Prometheus text format, version 0.0.4.
    public var text: String {
        families.withLock { $0 }.reduce(into: "") { output, family in family.write(to: &output) }
    }

    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"
}

/// Samples that are computed when they are read.
private struct ComputedMetric: MetricsRegistry.Family {
    let name: String
    let help: String
    let type: String
    let labels: [String]
    let read: @Sendable () -> [[String]: Double]

    func write(to output: inout String) {
        let samples = read().sorted { $0.key.lexicographicallyPrecedes($1.key) }
        guard !samples.isEmpty else { return }
        output += exposition(help: help, type: type, of: name)
        for (values, value) in samples {
            precondition(values.count == labels.count, "\(name) has the labels \(labels)")
            output += "\(name)\(exposition(labels: labels, values: values)) \(expositionText(value))\n"
        }
    }
}
