import AerieAPI
import KubernetesAPI

/// Short words for the trace of a seed.
extension TFJobSimulation {
    static func words(_ pods: [Pod]) -> String {
        pods.map { "\($0.metadata.name)=\($0.phase.rawValue)\($0.isLeaving ? "!" : "")" }.joined(
            separator: " ")
    }

    static func words(_ status: TFJob.Status) -> String {
        let conditions = status.conditions.map { "\($0.type.text)=\($0.status.rawValue)" }.joined(
            separator: ",")
        return
            "\(conditions) restarts \(status.restarts) disruptions \(status.disruptions) \(status.reason ?? "")"
    }
}
