import Synchronization

/// The samples of one family, by the values of its labels.
final class Series: Sendable {
    let name: String
    private let help: String
    private let type: String
    private let labels: [String]
    private let values: Mutex<[[String]: Double]>

    init(name: String, help: String, type: String, labels: [String]) {
        self.name = name
        self.help = help
        self.type = type
        self.labels = labels
        // A family without labels has one sample from the start, so that rates can be computed over its first change.
        values = Mutex(labels.isEmpty ? [[]: 0] : [:])
    }

    func update(_ labelValues: [String], _ change: (Double) -> Double) {
        precondition(labelValues.count == labels.count, "\(name) has the labels \(labels)")
        values.withLock { $0[labelValues] = change($0[labelValues] ?? 0) }
    }

    func value(_ labelValues: [String]) -> Double? { values.withLock { $0[labelValues] } }

    func remove(_ labelValues: [String]) { values.withLock { $0[labelValues] = nil } }

    func write(to output: inout String) {
        let samples = values.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        guard !samples.isEmpty else { return }
        output += exposition(help: help, type: type, of: name)
        for (labelValues, value) in samples {
            output += "\(name)\(exposition(labels: labels, values: labelValues)) \(expositionText(value))\n"
        }
    }
}
