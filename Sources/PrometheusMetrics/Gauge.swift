/// A number that goes up and down.
public struct Gauge: MetricsRegistry.Family {
    let series: Series
    var name: String { series.name }

    public func set(_ value: Double, _ labels: String...) { series.update(labels) { _ in value } }

    public func increment(_ labels: String..., by amount: Double = 1) { series.update(labels) { $0 + amount } }

    public func decrement(_ labels: String..., by amount: Double = 1) { series.update(labels) { $0 - amount } }

    /// Forgets a sample, for example when the object that it described is gone.
    public func remove(_ labels: String...) { series.remove(labels) }

    public func value(_ labels: String...) -> Double? { series.value(labels) }

    func write(to output: inout String) { series.write(to: &output) }
}
