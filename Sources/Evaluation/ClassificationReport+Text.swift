extension ClassificationReport: CustomStringConvertible {
    /// A table for people: overall figures, then a line a class, then the confusion matrix.
    public var description: String {
        var lines = [
            "records    \(records)",
            "accuracy   \(fixed(accuracy))",
            "loss       \(fixed(loss))",
            "macro      precision \(fixed(macro.precision))  recall \(fixed(macro.recall))  F1 \(fixed(macro.f1))",
            "",
        ]
        let nameWidth = max(5, classes.map(\.name.count).max() ?? 0)
        lines.append("\(padded("class", nameWidth))  precision  recall  F1      support")
        for metrics in classes {
            lines.append(
                "\(padded(metrics.name, nameWidth))  \(fixed(metrics.precision))     \(fixed(metrics.recall))  "
                    + "\(fixed(metrics.f1))  \(metrics.support)")
        }
        lines += ["", "confusion matrix: a row for each true class, a column for each predicted one"]
        let countWidth = max(3, confusion.joined().map { String($0).count }.max() ?? 0)
        for (metrics, row) in zip(classes, confusion) {
            let counts = row.map { count in
                let text = String(count)
                return String(repeating: " ", count: countWidth - text.count) + text
            }
            lines.append("\(padded(metrics.name, nameWidth))  \(counts.joined(separator: " "))")
        }
        return lines.joined(separator: "\n")
    }
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

/// Four digits after the point.
private func fixed(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return String(describing: value) }
    let scaled = Int((abs(value) * 10_000).rounded())
    let fraction = String(scaled % 10_000)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return "\(sign)\(scaled / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
}
