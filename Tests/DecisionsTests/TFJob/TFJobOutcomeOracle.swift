import AerieAPI

/// What becomes of a job, worked out from the states of its pods alone and without a line of the decision.
///
/// The rules are those of the training operator 1.9, with its defects 6 and 13 mended: success is asked for first, and
/// a job without chief and workers succeeds when all that it has have.
struct TFJobOutcomeOracle: Hashable, CustomStringConvertible {
    /// The pods of every type, one letter each: `R` runs, `S` succeeded, `F` failed with 1, `K` with 137.
    var pods: [TFJob.ReplicaType: String]
    var allWorkers: Bool
    var restartPolicy: TFJob.ReplicaSpec.RestartPolicy
    var isDynamic: Bool

    var description: String {
        let order: [TFJob.ReplicaType] = [.chief, .master, .ps, .worker, .evaluator]
        let letters = order.compactMap { type in pods[type].map { "\(type.rawValue) \($0)" } }
        return letters.joined(separator: ", ") + ", \(restartPolicy.rawValue)"
            + (allWorkers ? ", AllWorkers" : "") + (isDynamic ? ", dynamic" : "")
    }

    private var chief: String? { pods[.chief] ?? pods[.master] }

    private var hasSucceeded: Bool {
        if let chief { return chief == "S" }
        if let workers = pods[.worker] {
            let all = !workers.contains { $0 != "S" }
            return allWorkers ? all : all || workers.first == "S"
        }
        return !pods.values.contains { $0.contains { $0 != "S" } }
    }

    private func isFatal(_ letter: Character, _ type: TFJob.ReplicaType) -> Bool {
        if isDynamic && type == .worker { return false }
        return isPermanent(letter)
    }

    private func isPermanent(_ letter: Character) -> Bool {
        switch restartPolicy {
        case .never: letter == "F" || letter == "K"
        case .exitCode: letter == "F"
        case .always, .onFailure: false
        }
    }

    private var failure: String? {
        for type in [TFJob.ReplicaType.chief, .master, .ps, .worker, .evaluator] {
            guard let letters = pods[type], letters.contains(where: { isFatal($0, type) }) else { continue }
            guard restartPolicy == .never else {
                return "job \"mnist\" is failing because \"\(type.rawValue)\" replica(s) failed."
            }
            let count = letters.filter { $0 == "F" || $0 == "K" }.count
            return "TFJob ml/mnist has failed because \(count) \(type.rawValue) replica(s) failed."
        }
        guard isDynamic, chief == nil, let workers = pods[.worker] else { return nil }
        let lost = workers.filter(isPermanent)
        let rest = workers.filter { !isPermanent($0) }
        guard !lost.isEmpty, !rest.contains(where: { $0 != "S" }) else { return nil }
        return "TFJob ml/mnist has failed because \(lost.count) Worker replica(s) failed."
    }

    /// The last condition and, where it has one, its message.
    var outcome: (state: String, message: String?) {
        if hasSucceeded { return ("Succeeded", "TFJob ml/mnist successfully completed.") }
        if let failure { return ("Failed", failure) }
        for type in [TFJob.ReplicaType.chief, .master, .ps, .worker, .evaluator] {
            let letters = pods[type] ?? ""
            if letters.contains(where: { ($0 == "F" || $0 == "K") && !isPermanent($0) }) {
                return ("Restarting", "job mnist is restarting because \(type.rawValue) replica(s) failed.")
            }
        }
        let deciding = chief ?? pods[.worker] ?? pods.values.joined()
        return deciding.contains("R") ? ("Running", "TFJob ml/mnist is running.") : ("Created", nil)
    }
}
