import AerieAPI
import KubernetesAPI

/// How a pod ended badly, or why it is about to.
struct PodEnding {
    var cause: TFJob.Attempt.Cause
    var container: String?
    var exitCode: Int?
    /// What ``exitCode`` says about the program; `nil` where the program never began, because a start-up container
    /// failed.
    var programCode: Int?
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
        let began = decisive.map { end in !pod.startupStatuses.contains { $0.name == end.container } } ?? false
        let terminated = decisive?.terminated
        cause = disruption == nil ? .failure : .disruption
        container = decisive?.container
        exitCode = terminated?.exitCode
        programCode = began ? exitCode : nil
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
    /// The container whose end explains the pod's: a start-up container that failed, for then no other began;
    /// `tensorflow` unless it ended well; else the first that did not.
    ///
    /// Native sidecars never explain it: the node ends them after all others, often with 137 or 143, and the pod is
    /// judged without them.
    var decisiveEnd: (container: String, terminated: ContainerStatus.State.Terminated)? {
        typealias End = (container: String, terminated: ContainerStatus.State.Terminated)
        func ends(_ statuses: [ContainerStatus]) -> [End] {
            statuses.compactMap { status in status.state?.terminated.map { (status.name, $0) } }
        }
        if let failed = ends(startupStatuses).first(where: { $0.terminated.exitCode != 0 }) { return failed }
        let main = ends(status?.containerStatuses ?? [])
        let program = main.first { $0.container == TFJob.Name.container }
        if let program, program.terminated.exitCode != 0 { return program }
        return main.first { $0.terminated.exitCode != 0 } ?? program
    }

    /// How often the node restarted a container inside this pod, start-up containers and native sidecars aside.
    var containerRestarts: Int { (status?.containerStatuses ?? []).total { $0.restartCount ?? 0 } }

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
            // Cannot overflow: lengths of texts in memory.
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
