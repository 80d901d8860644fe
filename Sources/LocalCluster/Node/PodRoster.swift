package import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import Synchronization

/// The pods of this node: one worker each, started when the pod is bound to the node and gone when the pod is.
package final class PodRoster: KubeletServer.Source {
    private struct State {
        var workers: [String: PodWorker] = [:]
        var services: [HeadlessService] = []
        /// Pods that cannot be read and have been told so, by uid, with the problem.
        var unreadable: [String: String] = [:]
        var isStopping = false
    }

    private let context: NodeContext
    private let addresses: PodAddresses
    private let probes: any HTTPTransport
    private let state = Mutex(State())
    private let newWorkers: AsyncStream<PodWorker>
    private let newWorker: AsyncStream<PodWorker>.Continuation
    private let newProblems: AsyncStream<UndecodableObject>
    private let newProblem: AsyncStream<UndecodableObject>.Continuation
    private let peerSignals: AsyncStream<Void>
    private let peerSignal: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - context: The node.
    ///   - addresses: Where the pods' loopback addresses come from.
    ///   - probes: Carries probes and hooks over HTTP.
    package init(context: NodeContext, addresses: PodAddresses, probes: any HTTPTransport) {
        self.context = context
        self.addresses = addresses
        self.probes = probes
        // Bounded by the number of pods that the scheduler binds to a node.
        (newWorkers, newWorker) = AsyncStream.makeStream()
        (newProblems, newProblem) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100))
        (peerSignals, peerSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Follows the pods of this node until cancelled.
    package func run() async {
        let pods = ObjectFollower<PodManifest>(
            client: context.client, selection: Selection(fieldSelector: "spec.nodeName=\(context.name)"),
            logger: context.logger, unreadable: { self.take(unreadable: $0) })
        let services = ObjectFollower<HeadlessService>(
            client: context.client, selection: .everything, logger: context.logger)
        await withDiscardingTaskGroup { group in
            group.addTask { await pods.run { self.apply($0) } }
            group.addTask { await services.run { self.apply($0) } }
            group.addTask { await self.keepHosts() }
            group.addTask { await self.tellProblems() }
            for await worker in newWorkers {
                group.addTask {
                    await worker.run()
                    self.state.withLock { _ = $0.workers.removeValue(forKey: worker.manifest.metadata.uid) }
                }
            }
        }
    }

    /// Asks all pods to stop their processes and waits until they have, a little longer than the grace period (seconds).
    func stop(gracePeriod: Int) async {
        let workers = state.withLock { state in
            state.isStopping = true
            return Array(state.workers.values)
        }
        for worker in workers { worker.post(.nodeStopping(gracePeriod: gracePeriod)) }
        let deadline = ContinuousClock.now + .seconds(gracePeriod + 3)
        while ContinuousClock.now < deadline, !state.withLock({ $0.workers.isEmpty }) {
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func apply(_ change: ObjectFollower<PodManifest>.Change) {
        switch change {
        case .all(let pods, let unreadable):
            let present = unreadable.union(pods.map(\.metadata.uid))
            let gone = state.withLock { state in
                state.unreadable = state.unreadable.filter { unreadable.contains($0.key) }
                return state.workers.filter { !present.contains($0.key) }.map(\.value)
            }
            for worker in gone { worker.post(.objectGone) }
            for pod in pods { take(pod) }
            dropFiles(except: present)
        case .changed(let pod): take(pod)
        case .deleted(let uid):
            let worker = state.withLock { state in
                state.unreadable[uid] = nil
                return state.workers[uid]
            }
            worker?.post(.objectGone)
        }
    }

    private func take(_ pod: PodManifest) {
        let known = state.withLock { $0.workers[pod.metadata.uid] }
        if let known {
            guard pod.metadata.deletionTimestamp != nil else { return }
            known.post(.deletionRequested(gracePeriod: pod.metadata.deletionGracePeriodSeconds ?? 0))
            return
        }
        let worker = PodWorker(pod, context: context, addresses: addresses, probes: probes) { [peerSignal] in
            peerSignal.yield()
        }
        let isNew = state.withLock { state in
            guard !state.isStopping else { return false }
            state.workers[pod.metadata.uid] = worker
            return true
        }
        if isNew { newWorker.yield(worker) }
    }

    /// A pod that this node cannot read must not wait without a word.
    private func take(unreadable pod: UndecodableObject) {
        let isNews = state.withLock { $0.unreadable.updateValue(pod.problem, forKey: pod.uid) != pod.problem }
        if isNews { newProblem.yield(pod) }
    }

    private func tellProblems() async {
        for await pod in newProblems {
            let identity = ObjectMeta(
                name: pod.reference.key.name, namespace: pod.reference.key.namespace, uid: pod.uid)
            let message = "this node cannot read the pod and leaves it alone: \(pod.problem)"
            await PodEvents(pod: identity, context: context)
                .send(Plan.Event(.warning, reason: "UnreadablePod", message: message))
        }
    }

    /// Deletes what pods left that were deleted while the agent was away.
    private func dropFiles(except present: Set<String>) {
        let known = state.withLock { Set($0.workers.keys) }
        for uid in Files.list(context.state.pods) where !present.contains(uid) && !known.contains(uid) {
            addresses.release(pod: uid)
            do {
                try Files.remove("\(context.state.pods)/\(uid)")
            } catch {
                context.logger.warning("cannot delete an old pod's files", metadata: ["error": "\(error)"])
            }
        }
    }

    private func apply(_ change: ObjectFollower<HeadlessService>.Change) {
        state.withLock { state in
            switch change {
            case .all(let services, let unreadable):
                state.services.removeAll { !unreadable.contains($0.metadata.uid) }
                state.services += services
            case .changed(let service):
                state.services.removeAll { $0.metadata.key == service.metadata.key }
                state.services.append(service)
            case .deleted(let uid): state.services.removeAll { $0.metadata.uid == uid }
            }
        }
        peerSignal.yield()
    }

    /// Writes everyone's hosts file again whenever a pod or a service has come or gone.
    private func keepHosts() async {
        for await _ in peerSignals {
            let (workers, services) = state.withLock { (Array($0.workers.values), $0.services) }
            let peers = workers.compactMap { worker in
                worker.address.map { HostsFile.Peer(manifest: worker.manifest, address: $0) }
            }
            for worker in workers { worker.updateHosts(peers: peers, services: services) }
        }
    }
}

extension PodRoster {
    func log(pod: ObjectKey, container: String, previous: Bool) throws -> KubeletServer.LogSource {
        guard let worker = state.withLock({ $0.workers.values.first { $0.manifest.metadata.key == pod } }) else {
            throw LocalClusterError("pod \"\(pod)\" is not on this node")
        }
        guard worker.manifest.container(container) != nil else {
            throw LocalClusterError("container \(container) is not valid for pod \(pod.name)")
        }
        guard let newest = worker.newestAttempt(of: container) else {
            throw LocalClusterError("container \"\(container)\" in pod \"\(pod.name)\" is waiting to start")
        }
        let attempt = previous ? newest - 1 : newest
        let path = context.logPath(ofPod: worker.manifest.metadata.uid, container: container, attempt: attempt)
        guard attempt >= 0, Files.exists(path) else {
            let problem = previous ? "has not run before" : "is waiting to start"
            throw LocalClusterError("container \"\(container)\" in pod \"\(pod.name)\" \(problem)")
        }
        return KubeletServer.LogSource(path: path) { worker.isRunning(container: container, attempt: attempt) }
    }

    var pods: JSONValue {
        let manifests = state.withLock { $0.workers.values.map(\.manifest) }.sorted {
            $0.metadata.key < $1.metadata.key
        }
        return [
            "apiVersion": "v1", "kind": "PodList",
            "items": .array(manifests.compactMap { try? JSONValue(encoding: $0) }),
        ]
    }
}
