package import KubernetesAPI

/// What a pod does or waits for, in one word.
///
/// - SeeAlso: `printPod` in `pkg/printers/internalversion/printers.go` of the Kubernetes source.
package enum PodState {
    /// The column STATUS of `kubectl get pods`: a pod that hangs in its beginning says where and, if known, why.
    package static func words(_ pod: JSONValue) -> String {
        if pod["metadata"]?["deletionTimestamp"] != nil { return "Terminating" }
        let status = pod["status"]
        if let reason = status?["reason"]?.stringValue, !reason.isEmpty { return reason }
        return beginning(pod) ?? waiting(status?["containerStatuses"])
            ?? status?["phase"]?.stringValue ?? "Pending"
    }

    /// Which init container the pod waits for; `nil` once all have done their part.
    private static func beginning(_ pod: JSONValue) -> String? {
        let conditions = pod["status"]?["conditions"]?.arrayValue ?? []
        let isInitialized = conditions.contains { $0["type"] == "Initialized" && $0["status"] == "True" }
        guard !isInitialized else { return nil }
        let statuses = pod["status"]?["initContainerStatuses"]?.arrayValue ?? []
        let containers = pod["spec"]?["initContainers"]?.arrayValue ?? []
        for (index, status) in statuses.enumerated() {
            let container = containers.first { $0["name"] != nil && $0["name"] == status["name"] }
            let isSidecar = container?["restartPolicy"] == "Always"
            if isSidecar ? status["started"] == true : status["state"]?["terminated"]?["exitCode"] == 0 { continue }
            if let reason = status["state"]?["terminated"]?["reason"]?.stringValue { return "Init:\(reason)" }
            if let reason = waiting([status]) { return "Init:\(reason)" }
            return "Init:\(index)/\(statuses.count)"
        }
        return nil
    }

    /// Why the last container that waits does so.
    private static func waiting(_ statuses: JSONValue?) -> String? {
        (statuses?.arrayValue ?? []).compactMap { $0["state"]?["waiting"]?["reason"]?.stringValue }
            .last { !$0.isEmpty && $0 != "PodInitializing" }
    }
}
