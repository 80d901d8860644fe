import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster

extension OperatorCluster {
    /// How often each reason was told about a TFJob.
    func events(about job: String, in namespace: String) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for event in try await admin.list(Kinds.event, Selection(namespace: namespace))
        where event["involvedObject"]?["kind"] == "TFJob" && event["involvedObject"]?["name"] == .string(job) {
            counts[event["reason"]?.stringValue ?? "", default: 0] += event["count"]?.intValue ?? 1
        }
        return counts
    }

    /// Waits until something was told about a TFJob; events follow what they tell of.
    @discardableResult
    func wait(forEvent reason: String, about job: String, in namespace: String) async throws -> [String: Int] {
        try await eventually("\(reason) is told about \(job)") {
            let events = try await events(about: job, in: namespace)
            return events[reason] == nil ? nil : events
        }
    }

    /// Makes the controller look at a job again and again: every change of the object asks for that.
    func touch(_ job: Reference, times count: Int) async throws {
        for time in 1...count {
            try await admin.patch(job, ["metadata": ["annotations": ["touched": .string("\(time)")]]])
        }
    }
}
