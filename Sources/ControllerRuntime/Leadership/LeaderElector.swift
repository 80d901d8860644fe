public import KubernetesAPI
public import KubernetesClient
public import Logging
import ServiceLifecycle
import Synchronization

/// Lets only one process at a time do its work, by holding a Lease.
///
/// - Expected flow: ``run(whileLeading:)`` waits until the lease is ours, runs the work, renews the lease meanwhile, and
///   gives it back when the work ends, which a graceful shutdown brings about.
/// - Guarantees: the work is cancelled before another process may begin, if this one can still keep time.
/// - Assumptions: the client does not retry by itself and is not shared, so that a renewal never queues behind other
///   requests.
/// - Errors: ``LeadershipLost``, after the work has ended. Let the process end then; whoever starts it again begins with
///   a clean state.
public final class LeaderElector: Sendable {
    /// The lease could not be renewed in time.
    public struct LeadershipLost: Error, Hashable, CustomStringConvertible {
        public var description: String { "the lease could not be renewed in time; another process may lead now" }
    }

    private let client: KubernetesClient
    private let lease: ObjectKey
    private let timing: LeaderElection.Timing
    private let now: @Sendable () -> MicroTime
    private let logger: Logger
    private let election: Mutex<LeaderElection>
    /// The lease's version as this candidate wrote it; `nil` when it must be read first.
    private let written = Mutex<String?>(nil)

    /// Makes a candidate that does nothing yet.
    ///
    /// - Parameters:
    ///   - client: Without retries, for this alone.
    ///   - lease: Namespace and name of the lease; created when missing.
    ///   - identity: Unique among all candidates, such as the pod's name and uid.
    ///   - timing: The same for all candidates.
    ///   - now: The wall clock, for people who look at the lease.
    ///   - logger: Told when leadership begins and ends.
    public init(
        client: KubernetesClient, lease: ObjectKey, identity: String,
        timing: LeaderElection.Timing = LeaderElection.Timing(), now: @escaping @Sendable () -> MicroTime,
        logger: Logger
    ) {
        self.client = client
        self.lease = lease
        self.timing = timing
        self.now = now
        self.logger = logger
        election = Mutex(LeaderElection(identity: identity, timing: timing))
    }

    public var isLeading: Bool { election.withLock { $0.isLeading(at: .now) } }

    /// Runs `work` once this process leads, and until it ends or leadership is lost.
    ///
    /// - Throws: ``LeadershipLost``, or what `work` throws. Returns without having led when a graceful shutdown comes
    ///   first.
    public func run(whileLeading work: @escaping @Sendable () async throws -> Void) async throws {
        let acquired = await cancelWhenGracefulShutdown { await self.acquire() }
        guard acquired else { return }
        logger.notice("leading", metadata: ["lease": "\(lease)"])
        defer { logger.notice("no longer leading", metadata: ["lease": "\(lease)"]) }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work() }
                group.addTask { try await self.renew() }
                // Whichever ends first ends the other; both have ended when the group is left.
                try await group.next()
                group.cancelAll()
            }
        } catch {
            await release()
            throw error
        }
        await release()
    }

    /// Returns whether the lease is ours; `false` when the task was cancelled first.
    private func acquire() async -> Bool {
        while !Task.isCancelled {
            await attempt(timeout: timing.renewDeadline)
            if isLeading { return true }
            try? await Task.sleep(for: timing.retryPeriod * Double.random(in: 1...1.2))
        }
        return false
    }

    private func renew() async throws {
        while true {
            try await Task.sleep(for: timing.retryPeriod)
            let deadline = election.withLock { $0.leadsUntil } ?? .now
            await attempt(timeout: ContinuousClock.now.duration(to: deadline))
            try Task.checkCancellation()
            guard isLeading else { throw LeadershipLost() }
        }
    }

    /// Writes the lease if it may be ours: at once while it is, else after reading it.
    ///
    /// It gives up early enough for another attempt: one answer that never comes does not cost the leadership.
    private func attempt(timeout: Duration) async {
        let deadline = ContinuousClock.now + min(timeout, timing.renewDeadline / 2)
        do throws(KubernetesError) {
            if try await renewAtOnce(before: deadline) { return }
            let reference = Reference(Lease.resource, lease)
            let current = try await read(reference, timeout: ContinuousClock.now.duration(to: deadline))
            let sentAt = ContinuousClock.now
            let action = election.withLock { $0.read(current?.spec, at: sentAt, now: now()) }
            switch action {
            case .wait: return
            case .create(let spec):
                try await write(spec, .create(Self.manifest(reference, spec)), sentAt: sentAt, before: deadline)
            case .update(let spec):
                let manifest = Self.manifest(reference, spec, resourceVersion: current?.metadata.resourceVersion)
                try await write(spec, .update(manifest), sentAt: sentAt, before: deadline)
            }
        } catch {
            guard !Task.isCancelled else { return }
            logger.debug("the lease could not be written", metadata: ["lease": "\(lease)", "error": "\(error)"])
        }
    }

    /// Renews against the version that was written last, which saves reading it.
    ///
    /// - Returns: Whether that was possible; not when someone else has written since.
    private func renewAtOnce(before deadline: ContinuousClock.Instant) async throws(KubernetesError) -> Bool {
        // Whatever happens to this attempt, the next one reads first unless this one succeeds.
        guard let version = written.withLock({ $0.take() }) else { return false }
        let sentAt = ContinuousClock.now
        guard let spec = election.withLock({ $0.renewal(at: sentAt, now: now()) }) else { return false }
        let manifest = Self.manifest(Reference(Lease.resource, lease), spec, resourceVersion: version)
        do throws(KubernetesError) {
            try await write(spec, .update(manifest), sentAt: sentAt, before: deadline)
            return true
        } catch  where error.reason == .conflict || error.reason == .notFound {
            return false
        }
    }

    private func write(
        _ spec: Lease.Spec, _ request: KubernetesRequest, sentAt: ContinuousClock.Instant,
        before deadline: ContinuousClock.Instant
    ) async throws(KubernetesError) {
        let document = try await send(request, timeout: ContinuousClock.now.duration(to: deadline))
        election.withLock { $0.wrote(spec, sentAt: sentAt) }
        written.withLock { $0 = document["metadata"]?["resourceVersion"]?.stringValue }
    }

    private func release() async {
        let reference = Reference(Lease.resource, lease)
        guard let spec = election.withLock({ $0.release(now: now()) }) else { return }
        do throws(KubernetesError) {
            guard let current = try await read(reference, timeout: timing.retryPeriod),
                current.spec?.holderIdentity == election.withLock({ $0.identity })
            else { return }
            let manifest = Self.manifest(reference, spec, resourceVersion: current.metadata.resourceVersion)
            try await send(.update(manifest), timeout: timing.retryPeriod)
        } catch {
            // Others take over when the lease has run out.
            logger.debug("the lease could not be released", metadata: ["lease": "\(lease)", "error": "\(error)"])
        }
    }

    private func read(_ reference: Reference, timeout: Duration) async throws(KubernetesError) -> Lease? {
        do throws(KubernetesError) {
            let document = try await send(.get(reference), timeout: timeout)
            do {
                return try document.decode(Lease.self)
            } catch {
                throw KubernetesError(.undecodable, "\(reference): \(error)")
            }
        } catch  where error.reason == .notFound {
            return nil
        }
    }

    @discardableResult
    private func send(_ request: KubernetesRequest, timeout: Duration) async throws(KubernetesError) -> JSONValue {
        guard timeout > .zero else { throw KubernetesError(.unreachable, "\(request.subject): there is no time left") }
        var request = request
        request.timeout = timeout
        // The whole answer must be there by then, or another process may lead before this one notices.
        return try await client.document(request, within: timeout)
    }

    private static func manifest(
        _ reference: Reference, _ spec: Lease.Spec, resourceVersion: String? = nil
    ) -> Manifest {
        var body: JSONValue = [
            "spec": JSONValue(compacting: [
                "holderIdentity": spec.holderIdentity.map { .string($0) },
                "leaseDurationSeconds": spec.leaseDurationSeconds.map { JSONValue($0) },
                "acquireTime": spec.acquireTime.map { .string($0.description) },
                "renewTime": spec.renewTime.map { .string($0.description) },
                "leaseTransitions": spec.leaseTransitions.map { JSONValue($0) },
            ])
        ]
        if let resourceVersion { body["metadata"] = ["resourceVersion": .string(resourceVersion)] }
        return Manifest(reference, body)
    }
}
