package import KubernetesAPI
package import KubernetesClient

/// Stands in for a kubelet: no program runs, and the pods are bound to no node.
///
/// It takes pods through the phases and container states that a node would report, by writing their status through the
/// API.
/// What a pod's programs would do is told by a script; what they would leave behind is their exit code and their
/// termination message.
package struct PodPlayer: Sendable {
    /// How far a pod gets.
    package enum Act: Hashable, Sendable {
        /// It stays pending.
        case waits
        /// It runs and is ready.
        case runs
        /// It has run, and all its containers have ended: those before the last with 0.
        case ends(exitCode: Int, message: String = "")
        /// It has run, and its last container was started again in place, so often, after ends with this code.
        case restarts(times: Int, exitCode: Int)
        /// It has run, and its node took it away.
        case evicted
    }

    package typealias Script = @Sendable (PlayedPod) -> Act

    private let client: KubernetesClient
    private let namespace: String

    package init(client: KubernetesClient, namespace: String) {
        self.client = client
        self.namespace = namespace
    }

    /// Plays every pod of the namespace, until the task is cancelled.
    ///
    /// The script is asked again and again, so that a pod may run for as long as a test likes.
    package func play(_ script: Script) async throws {
        while !Task.isCancelled {
            for pod in try await pods() where !pod.isOver {
                try await play(script(pod), with: pod)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    package func pods() async throws(KubernetesError) -> [PlayedPod] {
        try await client.list(Pod.resource, Selection(namespace: namespace)).map(PlayedPod.init)
    }

    /// Takes one pod as far as `act` says.
    package func play(_ act: Act, with pod: PlayedPod) async throws(KubernetesError) {
        switch act {
        case .waits: return
        case .runs: try await run(pod)
        case .ends(let exitCode, let message):
            try await run(pod)
            try await end(pod, exitCode: exitCode, message: message)
        case .restarts(let times, let exitCode):
            guard pod.restarts < times else { return }
            try await run(pod)
            try await restart(pod, times: times, exitCode: exitCode)
        case .evicted:
            try await run(pod)
            try await report(
                ["phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."], of: pod)
        }
    }

    private func run(_ pod: PlayedPod) async throws(KubernetesError) {
        guard !pod.isRunning else { return }
        let now = JSONValue.string(MicroTime.now.time.description)
        let main = pod.containers.map { Self.status($0, ["running": ["startedAt": now]], isReady: true) }
        try await report(
            [
                "phase": "Running", "startTime": now,
                "conditions": [["type": "Ready", "status": "True"], ["type": "PodScheduled", "status": "True"]],
                "initContainerStatuses": .array(pod.initContainers.map { Self.terminated($0, 0, "", now) }),
                "containerStatuses": .array(main),
            ], of: pod)
    }

    private func end(_ pod: PlayedPod, exitCode: Int, message: String) async throws(KubernetesError) {
        let now = JSONValue.string(MicroTime.now.time.description)
        let last = pod.containers.last
        let main = pod.containers.map { name in
            var container = Self.terminated(name, name == last ? exitCode : 0, name == last ? message : "", now)
            if name == last { container["restartCount"] = JSONValue(pod.restarts) }
            return container
        }
        try await report(
            [
                "phase": exitCode == 0 ? "Succeeded" : "Failed",
                "conditions": [["type": "Ready", "status": "False"], ["type": "PodScheduled", "status": "True"]],
                "containerStatuses": .array(main),
            ], of: pod)
    }

    private func restart(_ pod: PlayedPod, times: Int, exitCode: Int) async throws(KubernetesError) {
        let now = JSONValue.string(MicroTime.now.time.description)
        let main = pod.containers.map { name in
            var container = Self.status(name, ["running": ["startedAt": now]], isReady: true)
            if name == pod.containers.last {
                container["restartCount"] = JSONValue(times)
                container["lastState"] = Self.terminated(name, exitCode, "", now)["state"]
            }
            return container
        }
        try await report(["phase": "Running", "containerStatuses": .array(main)], of: pod)
    }

    private func report(_ status: JSONValue, of pod: PlayedPod) async throws(KubernetesError) {
        do throws(KubernetesError) {
            // The uid makes it an error to report for a pod that took the name of a deleted one.
            try await client.patchStatus(pod.reference, ["metadata": ["uid": .string(pod.uid)], "status": status])
        } catch {
            // Deleted or replaced while it was played, as happens to kubelets too.
            guard error.reason == .notFound || error.reason == .conflict else { throw error }
        }
    }

    private static func terminated(_ name: String, _ exitCode: Int, _ message: String, _ now: JSONValue) -> JSONValue {
        let reason: JSONValue = exitCode == 0 ? "Completed" : "Error"
        return status(
            name,
            [
                "terminated": [
                    "exitCode": JSONValue(exitCode), "reason": reason, "message": .string(message), "startedAt": now,
                    "finishedAt": now,
                ]
            ], isReady: false)
    }

    private static func status(_ name: String, _ state: JSONValue, isReady: Bool) -> JSONValue {
        [
            "name": .string(name), "image": "played", "imageID": "", "restartCount": 0, "ready": .bool(isReady),
            "state": state,
        ]
    }
}
