package import HTTPTransport
import KubernetesAPI
import Logging
import Synchronization

/// Runs one pod: carries out what ``PodLifecycle`` asks for and tells it what became of that.
package final class PodWorker: Sendable {
    package let manifest: PodManifest
    private let context: NodeContext
    private let addresses: PodAddresses
    private let probes: any HTTPTransport
    private let events: AsyncStream<PodLifecycle.Event>
    private let mailbox: AsyncStream<PodLifecycle.Event>.Continuation
    private let reporter: StatusReporter
    private let podEvents: PodEvents
    /// Called when the address is known and when the pod has gone, so that others' names can be brought up to date.
    private let peersChanged: @Sendable () -> Void

    private struct Shared {
        var address: String?
        var volumes: [String: PodVolumes.Prepared] = [:]
        /// The present and the last run of each container.
        var runs: [String: [ContainerRun]] = [:]
        /// Failures to create a container since its last start, to tell a first failure from a repeated one.
        var creationFailures: Set<String> = []
    }
    private let shared = Mutex(Shared())

    /// - Parameters:
    ///   - manifest: As it was when it was bound to this node.
    ///   - context: The node.
    ///   - addresses: Where the pod's loopback address comes from.
    ///   - probes: Carries probes and hooks over HTTP.
    ///   - peersChanged: Called when the address is known and when the pod has gone.
    package init(
        _ manifest: PodManifest, context: NodeContext, addresses: PodAddresses, probes: any HTTPTransport,
        peersChanged: @escaping @Sendable () -> Void
    ) {
        self.manifest = manifest
        self.context = context
        self.addresses = addresses
        self.probes = probes
        self.peersChanged = peersChanged
        var logger = context.logger
        logger[metadataKey: "pod"] = "\(manifest.metadata.key)"
        reporter = StatusReporter(pod: manifest.metadata, client: context.client, logger: logger)
        podEvents = PodEvents(pod: manifest.metadata, context: context)
        // Bounded by what can happen to one pod at a time: a few events a container.
        (events, mailbox) = AsyncStream.makeStream()
    }

    /// Tells the pod what happened outside: a deletion, the end of the node agent.
    package func post(_ event: PodLifecycle.Event) { mailbox.yield(event) }

    /// The pod's loopback address, once it has one.
    var address: String? { shared.withLock(\.address) }

    /// Whether a run of a container may still write its log; `false` for runs that the agent does not know.
    func isRunning(container: String, attempt: Int) -> Bool {
        shared.withLock { $0.runs[container]?.first { $0.attempt == attempt } }?.isRunning ?? false
    }

    /// The number of a container's newest run, from 0; `nil` when it has not been started.
    func newestAttempt(of container: String) -> Int? {
        if let run = shared.withLock({ $0.runs[container]?.last }) { return run.attempt }
        let folder = "\(context.folder(ofPod: manifest.metadata.uid))/containers/\(container)"
        return Files.list(folder).compactMap { Int($0) }.max()
    }

    /// Returns when nothing is left to do for the pod.
    package func run() async {
        let isDeleted = await withDiscardingTaskGroup { group in
            var lifecycle = PodLifecycle(manifest, backoff: context.backoff, now: context.now().time)
            group.addTask { await self.reporter.run() }
            var actions = lifecycle.start(now: context.now().time)
            var iterator = events.makeAsyncIterator()
            while true {
                reporter.report(lifecycle.status(hostIP: context.hostIP, podIP: address, now: context.now().time))
                for action in actions { perform(action, in: &group) }
                guard !actions.contains(.forget), let event = await iterator.next() else { break }
                actions = lifecycle.handle(event, now: context.now().time)
            }
            await reporter.finish()
            group.cancelAll()
            return if case .deleted = lifecycle.ending { true } else { false }
        }
        if isDeleted { removeFiles() }
        peersChanged()
    }

    private func perform(_ action: PodLifecycle.Action, in group: inout DiscardingTaskGroup) {
        switch action {
        case .prepare: group.addTask { await self.prepare() }
        case .start(let container, let attempt):
            let run = ContainerRun(attempt: attempt)
            shared.withLock { $0.runs[container] = ($0.runs[container] ?? []).suffix(1) + [run] }
            group.addTask { await self.start(container, run) }
        case .wait(let container, let attempt, let delay):
            group.addTask { await self.post(.waited(container: container, attempt: attempt), after: delay) }
        case .awaitDeadline(let delay): group.addTask { await self.post(.deadlinePassed, after: delay) }
        case .stop(let container, let gracePeriod):
            guard let run = shared.withLock({ $0.runs[container]?.last }) else { return }
            group.addTask { await self.stop(container, run, gracePeriod: .bounded(seconds: gracePeriod)) }
        case .runStopHook(let container, let timeout):
            guard let run = shared.withLock({ $0.runs[container]?.last }) else { return }
            group.addTask { await self.runStopHook(container, run, timeout: .bounded(seconds: timeout)) }
        case .event(let event): group.addTask { await self.podEvents.send(event) }
        case .release: addresses.release(pod: manifest.metadata.uid)
        case .deleteObject: reporter.deleteObject()
        case .forget: break
        }
    }

    private func post(_ event: PodLifecycle.Event, after delay: Duration) async {
        guard (try? await Task.sleep(for: delay)) != nil else { return }
        post(event)
    }

    /// Address and volumes; afterwards keeps the volumes' content fresh for as long as the pod lives.
    private func prepare() async {
        let tokens = TokenCache { self.context.now().time }
        var pause = Duration.milliseconds(250)
        var isPrepared = false
        while !Task.isCancelled {
            do {
                let address = try addresses.address(ofPod: manifest.metadata.uid)
                let volumes = volumes(facts: facts(address: address), tokens: tokens)
                let prepared = try await volumes.prepare()
                let isNew = shared.withLock { shared in
                    shared.volumes = prepared
                    defer { shared.address = address }
                    return shared.address == nil
                }
                if isNew { peersChanged() }
                if !isPrepared {
                    if !Files.exists(hostsFile) {
                        try Files.write("127.0.0.1\tlocalhost\n", to: hostsFile, mode: 0o644)
                    }
                    post(.prepared)
                }
                isPrepared = true
                guard volumes.changes else { return }
                try await Task.sleep(for: .seconds(60))
            } catch is CancellationError {
                return
            } catch {
                if !isPrepared { post(.preparationFailed(message: "\(error)")) }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(10))
            }
        }
    }

    private func start(_ name: String, _ run: ContainerRun) async {
        let (address, volumes, isRetry) = shared.withLock {
            ($0.address, $0.volumes, $0.creationFailures.contains(name))
        }
        guard let address, let container = manifest.container(name) else { return }
        let starter = ContainerStarter(
            context: context, pod: manifest, facts: facts(address: address),
            objects: ClusterObjects(client: context.client), volumes: volumes, hostsFile: hostsFile, probes: probes
        ) { event in
            self.shared.withLock { shared in
                switch event {
                case .notCreated: shared.creationFailures.insert(name)
                case .started: shared.creationFailures.remove(name)
                default: break
                }
            }
            self.post(event)
        }
        await starter.run(container, run, isRetry: isRetry)
    }

    private func stop(_ name: String, _ run: ContainerRun, gracePeriod: Duration) async {
        let deadline = ContinuousClock.now + gracePeriod
        await runStopHook(name, run, timeout: gracePeriod)
        // A hook that used all of the time up leaves a moment between SIGTERM and SIGKILL, as in the kubelet.
        let left = max(deadline - ContinuousClock.now, .seconds(PodTermination.minimumGracePeriod))
        await run.process.stop(gracePeriod: min(gracePeriod, left))
    }

    private func runStopHook(_ name: String, _ run: ContainerRun, timeout: Duration) async {
        guard let container = manifest.container(name), let handler = container.lifecycle?.preStop, timeout > .zero
        else { return }
        await run.stopHook(timeout: timeout) {
            let hook = ContainerHook(context: self.context, podIP: self.address ?? "", transport: self.probes)
            if let problem = await hook.run(handler, of: container, run, timeout: timeout) {
                self.post(.stopHookFailed(container: name, message: problem))
            }
        }
    }

    private func facts(address: String) -> PodFacts {
        PodFacts(
            metadata: manifest.metadata, nodeName: context.name,
            serviceAccountName: manifest.spec.serviceAccountName ?? "default", hostIP: context.hostIP, podIP: address,
            allocatable: context.allocatable)
    }

    private func volumes(facts: PodFacts, tokens: TokenCache) -> PodVolumes {
        PodVolumes(
            pod: manifest, facts: facts, folder: context.folder(ofPod: manifest.metadata.uid),
            objects: ClusterObjects(client: context.client), tokens: tokens)
    }

    private var hostsFile: String { "\(context.folder(ofPod: manifest.metadata.uid))/hosts" }

    /// Brings the names that the pod's containers see up to date.
    func updateHosts(peers: [HostsFile.Peer], services: [HeadlessService]) {
        guard let address else { return }
        let text = HostsFile.text(
            for: HostsFile.Peer(manifest: manifest, address: address), peers: peers, services: services)
        do {
            // In place: the containers have this very file mounted, a new one they would not see.
            try Files.overwrite(text, in: hostsFile)
        } catch {
            context.logger.warning("cannot write a pod's hosts file", metadata: ["error": "\(error)"])
        }
    }

    private func removeFiles() {
        addresses.release(pod: manifest.metadata.uid)
        do {
            try Files.remove(context.folder(ofPod: manifest.metadata.uid))
        } catch {
            context.logger.warning("cannot delete a pod's files", metadata: ["error": "\(error)"])
        }
    }
}
