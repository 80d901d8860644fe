import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct EventRecorderTests {
    private static let events = Resource(group: "", version: "v1", kind: "Event", plural: "events")

    @Test func `events about an object can be found, with their counts`() async throws {
        let server = try await ControlPlane.withWidgets()
        let namespace = try await server.namespace()
        let widget = try await server.client.create(Widget.manifest("w", namespace: namespace), as: Widget.self)
        let recorder = EventRecorder(
            client: server.client, component: "aerie-controller", instance: "pod-1",
            now: { MicroTime(microseconds: 1_795_233_600_000_000) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let long = String(repeating: "é", count: 2_000)
        for _ in 0..<3 {
            recorder.record(Plan.Event(.warning, reason: "Failed", message: "it failed"), about: InvolvedObject(widget))
        }
        recorder.record(Plan.Event(.normal, reason: "Created", message: long), about: InvolvedObject(widget))
        var found: [JSONValue] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await recorder.run() }
            let selection = Selection(
                namespace: namespace, fieldSelector: "involvedObject.uid=\(widget.metadata.uid)")
            try await until {
                found = try await server.client.list(Self.events, selection)
                return found.contains { $0["reason"] == "Created" }
            }
            group.cancelAll()
        }
        let failed = try #require(found.first { $0["reason"] == "Failed" })
        #expect(failed["count"] == 3)
        #expect(failed["type"] == "Warning")
        #expect(failed["message"] == "it failed")
        #expect(failed["source"] == ["component": "aerie-controller"])
        #expect(failed["firstTimestamp"] == "2026-11-21T04:00:00Z")
        let created = try #require(found.first { $0["reason"] == "Created" })
        #expect(created["message"]?.stringValue?.utf8.count ?? .max <= 1_024)
        #expect(created["message"]?.stringValue?.hasSuffix("é…") == true)
        #expect(found.count == 2)
    }

    @Test func `an event about an object without namespace goes to default`() async throws {
        let server = try await ControlPlane.shared()
        let recorder = EventRecorder(
            client: server.client, component: "c", instance: "i", now: { MicroTime(microseconds: 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        recorder.record(Plan.Event(.normal, reason: "Seen", message: "m"), about: InvolvedObject(Machine()))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await recorder.run() }
            let selection = Selection(namespace: "default", fieldSelector: "involvedObject.uid=machine-uid")
            try await until { try await server.client.list(Self.events, selection).count == 1 }
            group.cancelAll()
        }
    }

    @Test(arguments: [300, 60_000]) func `an event waits while there is work, but no longer than a few seconds`(
        milliseconds: Int
    ) async throws {
        let transport = InMemoryTransport { _ in HTTPResponse(body: HTTPBody(Array("{}".utf8))) }
        let recorder = EventRecorder(
            client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport),
            component: "c", instance: "i", now: { MicroTime(microseconds: 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let began = ContinuousClock.now
        recorder.giveWay { .now < began + .milliseconds(milliseconds) }
        for number in 0..<3 {
            let event = Plan.Event(.normal, reason: "Seen", message: "\(number)")
            recorder.record(event, about: InvolvedObject(Machine()))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await recorder.run() }
            try await until { !transport.requests.isEmpty }
            #expect(began.duration(to: .now) >= .milliseconds(min(milliseconds, 2_900)))
            try await until { transport.requests.count == 3 }
            #expect(began.duration(to: .now) < .seconds(10))
            group.cancelAll()
        }
    }

    private struct Machine: KubernetesObject {
        static let resource = Resource(
            group: "test.aerie.dev", version: "v1", kind: "Machine", plural: "machines", isNamespaced: false)
        var metadata = ObjectMeta(name: "m", uid: "machine-uid")
    }
}
