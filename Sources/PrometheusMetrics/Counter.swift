/// A number that only grows.
public struct Counter: MetricsRegistry.Family {
    let series: Series
    var name: String { series.name }

    /// Adds to the sample with these label values, in the order in which the labels were declared.
    public func increment(_ labels: String..., by amount: Double = 1) {
        precondition(amount >= 0, "a counter only grows")
        series.update(labels) { $0 + amount }
    }

    /// Shows the sample with these label values from now on, so that rates can be computed over its first change.
    public func begin(_ labels: String...) { series.update(labels) { $0 } }

    /// The sample's value; `nil` while nothing was counted under these labels.
    public func value(_ labels: String...) -> Double? { series.value(labels) }

    func write(to output: inout String) { series.write(to: &output) }
}
