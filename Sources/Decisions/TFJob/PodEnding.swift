import AerieAPI
import KubernetesAPI

/// How a pod ended badly, or why it is about to.
struct PodEnding {
    var cause: TFJob.Attempt.Cause
    var container: String?
    var exitCode: Int?
    var reason: String
    var message: String?
    /// `nil` while the pod is still on its way out.
    var endTime: Time?

    /// `nil` for a pod that waits, runs or has succeeded.
    ///
    /// A pod that was asked to go away is disrupted whatever its program answers: programs end with all kinds of exit
    /// codes when they are told to stop.
    init?(_ pod: Pod, now: Time) {
        let hasFailed = pod.phase == .failed
        let disruption = Self.disruption(of: pod)
        guard pod.phase != .succeeded, hasFailed || pod.metadata.deletionTimestamp != nil else { return nil }
        let decisive = pod.decisiveEnd
        let terminated = decisive?.terminated
        cause = disruption == nil ? .failure : .disruption
        container = decisive?.container
        exitCode = terminated?.exitCode
        reason = disruption ?? terminated?.reason ?? pod.status?.reason ?? "Error"
        message = (terminated?.message ?? pod.status?.message)?.lastWords
        endTime = hasFailed ? terminated?.finishedAt ?? now : nil
    }

    /// Why the pod was taken away from outside, in the control plane's word.
    private static func disruption(of pod: Pod) -> String? {
        if let target = pod.status?.conditions?.first(where: { $0.type == "DisruptionTarget" && $0.status == .yes }) {
            return target.reason ?? "DisruptionTarget"
        }
        if let reason = pod.status?.reason, nodeReasons.contains(reason) || reason.hasPrefix("OutOf") { return reason }
        return pod.metadata.deletionTimestamp == nil ? nil : "Deleted"
    }

    /// What kubelets and the node controller write into `status.reason` when the node, not the program, is the cause.
    ///
    /// - SeeAlso: `pkg/kubelet/eviction`, `nodeshutdown`, `lifecycle` and `preemption` in `k8s.io/kubernetes`.
    private static let nodeReasons: Set<String> = [
        "Evicted", "NodeLost", "NodeShutdown", "Shutdown", "Terminated", "Preempting", "Preempted", "NodeAffinity",
        "UnexpectedAdmissionError",
    ]
}

extension Pod {
    /// The container whose end explains the pod's: `tensorflow` unless it ended well, else the first that did not.
    var decisiveEnd: (container: String, terminated: ContainerStatus.State.Terminated)? {
        let main = containerStatus(TFJob.Name.container)?.state?.terminated.map { (TFJob.Name.container, $0) }
        if let main, main.1.exitCode != 0 { return main }
        let all = (status?.initContainerStatuses ?? []) + (status?.containerStatuses ?? [])
        return all.lazy.compactMap { container in container.state?.terminated.map { (container.name, $0) } }
            .first { $0.1.exitCode != 0 } ?? main
    }

    /// How often the node restarted a container inside this pod, start-up containers aside.
    var containerRestarts: Int { (status?.containerStatuses ?? []).reduce(0) { $0 + ($1.restartCount ?? 0) } }

    var isReady: Bool {
        phase == .running && metadata.deletionTimestamp == nil
            && (status?.conditions ?? []).contains { $0.type == "Ready" && $0.status == .yes }
    }

    var isUnfinished: Bool { phase != .succeeded && phase != .failed }

    var isTerminating: Bool { metadata.deletionTimestamp != nil }
}

extension String {
    /// The last part that fits, cut between characters.
    func end(bytes limit: Int) -> String {
        var rest = self[...]
        while rest.utf8.count > limit {
            rest = rest.dropFirst(max(1, (rest.utf8.count - limit) / 4))
        }
        return String(rest)
    }

    /// What an attempt keeps of a message or a log: its end, without the line ends after it.
    var lastWords: String {
        let text = self[..<(lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex)]
        return String(text).end(bytes: TFJob.Attempt.messageLimit)
    }
}
