import KubernetesAPI
import KubernetesClient
import Logging
import Synchronization

/// Writes one pod's status to the API server: only what changed, always the newest, again until it is accepted.
///
/// While the API server is away the pod goes on; what happened meanwhile is written in one go afterwards.
final class StatusReporter: Sendable {
    private struct Pending {
        var status: PodStatus?
        var deletes = false
        var isClosed = false
    }

    private let pod: ObjectMeta
    private let client: KubernetesClient
    private let logger: Logger
    private let pending = Mutex(Pending())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    /// Ends with ``run()``.
    private let ended: AsyncStream<Never>
    private let end: AsyncStream<Never>.Continuation

    init(pod: ObjectMeta, client: KubernetesClient, logger: Logger) {
        self.pod = pod
        self.client = client
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (ended, end) = AsyncStream.makeStream()
    }

    func report(_ status: PodStatus) {
        pending.withLock { $0.status = status }
        signal.yield()
    }

    /// After the last status: delete the object, which has been waiting for its processes to end.
    func deleteObject() {
        pending.withLock { $0.deletes = true }
        signal.yield()
    }

    /// No more will come: returns once everything is written, or the task of ``run()`` is cancelled.
    func finish() async {
        pending.withLock { $0.isClosed = true }
        signal.yield()
        for await _ in ended {}
    }

    func run() async {
        defer { end.finish() }
        var written: PodStatus?
        for await _ in signals {
            while let work = pending.withLock({ pending in
                defer { (pending.status, pending.deletes) = (nil, false) }
                return pending.status == nil && !pending.deletes ? nil : pending
            }) {
                if let status = work.status, status != written {
                    await untilAccepted { try await self.write(status) }
                    written = status
                }
                if work.deletes { await untilAccepted { try await self.delete() } }
            }
            if pending.withLock({ $0.isClosed && $0.status == nil && !$0.deletes }) { return }
        }
    }

    private func write(_ status: PodStatus) async throws {
        var json = try JSONValue(encoding: status)
        // A merge patch keeps what it does not name.
        for name in ["reason", "message"] where json[name] == nil { json[name] = .null }
        try await client.patchStatus(
            Reference(Pod.resource, pod.key), ["metadata": ["uid": .string(pod.uid)], "status": json])
    }

    private func delete() async throws {
        try await client.delete(
            Reference(Pod.resource, pod.key), DeleteOptions(uid: pod.uid, gracePeriodSeconds: 0))
    }

    /// Tries again with growing pauses, unless the object is gone or another pod has taken its name.
    private func untilAccepted(_ attempt: () async throws -> Void) async {
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            do {
                return try await attempt()
            } catch let error as KubernetesError where [.notFound, .conflict, .invalid].contains(error.reason) {
                if error.reason == .invalid {
                    logger.error("the API server refuses a pod status", metadata: ["error": "\(error)"])
                }
                return
            } catch {
                // A newer status makes this one moot.
                if pending.withLock({ $0.status != nil }) { return }
                logger.warning("cannot write a pod status", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
    }
}
