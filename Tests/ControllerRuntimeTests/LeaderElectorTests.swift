import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// Leader election on a real server, with the usual times but for the retries, so that a busy machine does not decide.
@Suite(.timeLimit(.minutes(10))) struct LeaderElectorTests {
    private static let timing = LeaderElection.Timing(
        leaseDuration: .seconds(15), renewDeadline: .seconds(10), retryPeriod: .milliseconds(500))

    private func elector(_ identity: String, _ server: ControlPlane, _ namespace: String) throws -> LeaderElector {
        LeaderElector(
            client: try KubernetesClient(server.configuration, retry: .never),
            lease: ObjectKey(namespace: namespace, name: "leader"), identity: identity, timing: Self.timing,
            now: Self.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Others see a renewal by its time, so the time must move.
    private static let start = ContinuousClock.now
    private static let clock: @Sendable () -> MicroTime = {
        let passed = start.duration(to: .now).components
        return MicroTime(microseconds: passed.seconds * 1_000_000 + passed.attoseconds / 1_000_000_000_000)
    }

    @Test func `one leads, and the other takes over as soon as the first steps down`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let (first, second) = (try elector("one", server, namespace), try elector("two", server, namespace))
        let log = Seen()
        let orders = Seen()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await first.run {
                    log.add("one leads")
                    try await until { !orders.all.isEmpty }
                }
            }
            try await until { first.isLeading }
            group.addTask { try await second.run { log.add("two leads") } }
            // Longer than the lease: renewals keep the second one waiting.
            try await Task.sleep(for: .seconds(15.5))
            #expect(log.all == ["one leads"])
            let ended = ContinuousClock.now
            orders.add("end")
            try await group.waitForAll()
            #expect(ended.duration(to: .now) < Self.timing.leaseDuration, "a lease that is given back need not run out")
        }
        #expect(log.all == ["one leads", "two leads"])
        let lease = try await server.client.get(Lease.self, ObjectKey(namespace: namespace, name: "leader"))
        #expect(lease.spec?.holderIdentity == "")
        #expect(lease.spec?.leaseTransitions == 1)
    }

    @Test func `a leader that someone else replaced ends its work and fails`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let elector = try elector("one", server, namespace)
        let hasEnded = Mutex(false)
        await #expect(throws: LeaderElector.LeadershipLost.self) {
            try await elector.run {
                let reference = Reference(Lease.resource, namespace: namespace, name: "leader")
                try await server.client.patch(
                    reference, ["spec": ["holderIdentity": "thief", "renewTime": "2026-01-01T00:00:00.000000Z"]])
                while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
                hasEnded.withLock { $0 = true }
            }
        }
        #expect(hasEnded.withLock { $0 })
    }

    @Test func `a leader renews without reading, and reads again when its write was refused`() async throws {
        let timing = LeaderElection.Timing(
            leaseDuration: .seconds(60), renewDeadline: .seconds(30), retryPeriod: .milliseconds(1))
        let server = LeaseServer()
        let elector = LeaderElector(
            client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: server.transport),
            lease: ObjectKey("leader"), identity: "one", timing: timing, now: Self.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await elector.run {
            try await until { server.asked.count >= 6 }
            #expect(server.asked.prefix(6) == ["GET", "POST", "PUT", "PUT", "PUT", "PUT"])
            // As somebody does who labels the lease.
            server.touch()
            let before = server.asked.count
            try await until { server.asked.dropFirst(before).contains("GET") }
            let end = server.asked.count
            try await until { server.asked.count >= end + 4 }
            #expect(server.asked.dropFirst(end).prefix(4).allSatisfy { $0 == "PUT" })
            #expect(elector.isLeading)
        }
    }

    @Test func `an answer that never comes does not cost the leadership`() async throws {
        let server = LeaseServer()
        let elector = LeaderElector(
            client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: server.transport),
            lease: ObjectKey("leader"), identity: "one", timing: Self.timing, now: Self.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await elector.run {
            let before = server.swallow()
            // The lost one, then a read and a write.
            try await until { server.asked.count >= before + 3 }
            #expect(server.asked.dropFirst(before).prefix(3) == ["PUT", "GET", "PUT"])
            #expect(elector.isLeading)
        }
    }

    @Test(arguments: [false, true])
    func `a leader that cannot reach the server ends its work within the renew deadline`(
        afterTheHead: Bool
    ) async throws {
        // Far apart, so that a busy machine does not decide the test.
        let timing = LeaderElection.Timing(
            leaseDuration: .seconds(15), renewDeadline: .seconds(1), retryPeriod: .milliseconds(100))
        let isDown = Mutex(false)
        let transport = InMemoryTransport { request throws(HTTPTransportError) in
            guard !isDown.withLock({ $0 }) else {
                // As a black hole does: nothing, or nothing more, until the request's own deadline.
                guard !afterTheHead else {
                    return HTTPResponse(body: HTTPBody(length: nil, chunks: AsyncStream<[UInt8]> { _ in }))
                }
                try? await Task.sleep(for: request.timeout ?? .seconds(60))
                throw HTTPTransportError(.timedOut, "no answer")
            }
            guard request.method != .get else { return HTTPResponse(status: 404) }
            return HTTPResponse(status: 201, body: request.body)
        }
        let elector = LeaderElector(
            client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport),
            lease: ObjectKey("leader"), identity: "one", timing: timing, now: { MicroTime(microseconds: 1) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let began = ContinuousClock.now
        await #expect(throws: LeaderElector.LeadershipLost.self) {
            try await elector.run {
                isDown.withLock { $0 = true }
                try await Task.sleep(for: .seconds(60))
            }
        }
        #expect(began.duration(to: .now) < timing.leaseDuration)
    }

    @Test func `a graceful shutdown before leading ends the waiting`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let lease = Lease(
            metadata: ObjectMeta(name: "leader", namespace: namespace),
            spec: Lease.Spec(
                holderIdentity: "other", leaseDurationSeconds: 3_600, renewTime: MicroTime(microseconds: 1)))
        try await server.client.create(Manifest(encoding: lease))
        let elector = try elector("one", server, namespace)
        let service = Electing(elector: elector)
        let group = ServiceGroup(services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await Task.sleep(for: .milliseconds(300))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(!elector.isLeading)
    }
}

/// One lease with optimistic locking.
private final class LeaseServer: Sendable {
    private struct State {
        var lease: JSONValue?
        var version = 0
        var asked: [String] = []
        var isSwallowing = false
    }

    private let state = Mutex(State())

    /// The methods of all requests so far.
    var asked: [String] { state.withLock { $0.asked } }

    /// Writes the lease as it is.
    func touch() {
        state.withLock { state in
            state.version += 1
            state.lease?["metadata"] = ["resourceVersion": .string("\(state.version)")]
        }
    }

    /// Lets the next request go without an answer, and says how many there were before it.
    func swallow() -> Int {
        state.withLock { state in
            state.isSwallowing = true
            return state.asked.count
        }
    }

    var transport: InMemoryTransport {
        InMemoryTransport { [self] request throws(HTTPTransportError) in
            let answer: HTTPResponse? = state.withLock { state in
                state.asked.append(request.method.rawValue)
                guard !state.isSwallowing else {
                    state.isSwallowing = false
                    return nil
                }
                guard request.method != .get else { return Self.answer(state.lease) }
                guard var sent = request.body.bytes.flatMap({ try? JSONValue(parsing: $0) }) else {
                    return HTTPResponse(status: 400)
                }
                let version = state.lease?["metadata"]?["resourceVersion"]
                guard sent["metadata"]?["resourceVersion"] == version else { return HTTPResponse(status: 409) }
                state.version += 1
                sent["metadata"] = ["resourceVersion": .string("\(state.version)")]
                state.lease = sent
                return Self.answer(sent)
            }
            guard let answer else {
                try? await Task.sleep(for: request.timeout ?? .seconds(60))
                throw HTTPTransportError(.timedOut, "no answer")
            }
            return answer
        }
    }

    private static func answer(_ lease: JSONValue?) -> HTTPResponse {
        lease.map { HTTPResponse(body: HTTPBody($0.serialized)) } ?? HTTPResponse(status: 404)
    }
}

private struct Electing: ServiceLifecycle.Service {
    let elector: LeaderElector

    func run() async throws {
        try await elector.run { Issue.record("someone else holds the lease") }
        // A service that returns early would stop its group by an error.
        try? await gracefulShutdown()
    }
}
