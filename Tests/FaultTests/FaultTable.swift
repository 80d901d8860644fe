/// How often each life was disturbed in each way, and how it ended.
struct FaultTable: CustomStringConvertible {
    private let outcomes: [Course.Outcome]

    init(_ outcomes: [Course.Outcome]) { self.outcomes = outcomes }

    var description: String {
        let faults = Fault.allCases.filter { fault in outcomes.contains { $0.fault == fault } }
        var lines = ["| life | writes | " + faults.map(\.rawValue).joined(separator: " | ") + " |"]
        lines.append("| --- | --- |" + String(repeating: " --- |", count: faults.count))
        for reference in outcomes where reference.fault == nil {
            let cells = faults.map { fault in
                let of = outcomes.filter { $0.life == reference.life && $0.fault == fault }
                let struck = of.filter { $0.run.struck != nil }
                return "\(struck.count { $0.problems.isEmpty }) of \(struck.count) same"
            }
            lines.append("| \(reference.life) | \(reference.run.writes.count) | \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n")
    }
}
