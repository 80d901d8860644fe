import AerieAPI
import ArgumentParser
import KubernetesAPI

/// How the trainer's log looks.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    case json, text

    /// A line of the log, which comes as JSON, in this format.
    func render(_ line: String) -> String {
        guard self == .text, let value = try? JSONValue(parsing: line) else { return line }
        if let progress = TrialProgress(line: line) {
            let metrics = progress.metrics.values.sorted { $0.key < $1.key }
                .map { "\($0.key) \(($0.value * 10_000).rounded() / 10_000)" }
            let rate = progress.rate.value.isFinite ? Int(progress.rate.value) : 0
            return "step \(progress.step)/\(progress.steps)  \(rate)/s  " + metrics.joined(separator: "  ")
        }
        let hidden: Set = ["time", "level", "message"]
        let rest = (value.objectValue ?? [:]).filter { !hidden.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.stringValue ?? $0.value.description)" }
        let level = value["level"]?.stringValue ?? "info"
        let message = value["message"]?.stringValue ?? ""
        return (level == "info" ? "" : "\(level): ") + ([message] + rest).joined(separator: "  ")
    }
}
