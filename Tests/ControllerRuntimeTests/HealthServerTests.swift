import ControllerRuntime
import HTTPTransport
import Logging
import PrometheusMetrics
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct HealthServerTests {
    @Test func `health, readiness and metrics are told`() async throws {
        let registry = MetricsRegistry()
        registry.counter("things_total", help: "Things.").increment()
        let isSynced = Mutex(false)
        let (ports, listening) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let server = HealthServer(
            address: "127.0.0.1", port: 0, metrics: registry,
            checks: [.init("caches") { isSynced.withLock { $0 } }, .init("other") { true }],
            onRunning: { listening.yield($0) }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try #require(await ports.first { _ in true })
            let transport = try AsyncHTTPTransport()
            func get(_ path: String) async throws -> (Int, String, String?) {
                let response = try await transport.send(HTTPRequest(.get, "http://127.0.0.1:\(port)\(path)"))
                let text = String(decoding: try await response.collect(upTo: 10_000), as: UTF8.self)
                return (response.status, text, response.headers["content-type"])
            }
            #expect(try await get("/healthz").0 == 200)
            #expect(try await get("/readyz").0 == 503)
            #expect(try await get("/readyz").1 == "not ready: caches\n")
            isSynced.withLock { $0 = true }
            #expect(try await get("/readyz").0 == 200)
            let metrics = try await get("/metrics")
            #expect(metrics.1.contains("things_total 1\n"))
            #expect(metrics.2 == MetricsRegistry.contentType)
            #expect(try await get("/other").0 == 404)
            group.cancelAll()
        }
    }
}
