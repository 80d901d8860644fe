import Logging
import Serving

/// Serves one of the exported models from this process while `body` runs.
func withServer(
    of model: String = "zoo", waitsUntilReady: Bool = true,
    configure: (inout ServingConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (TestClient) async throws -> Void
) async throws {
    var configuration = ServingConfiguration()
    configuration.modelBasePath = try await ExportedModels.shared().basePath
    configuration.modelName = model
    configuration.address = "127.0.0.1"
    configuration.port = 0
    configure(&configuration)
    let server = try ModelServer(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { port.finish() }
            try await server.run(handlesSignals: false) { port.yield($0) }
        }
        for await port in ports {
            let client = try TestClient(port: port)
            if waitsUntilReady { try await client.waitUntilReady() }
            try await body(client)
            break
        }
        group.cancelAll()
        do { try await group.waitForAll() } catch is CancellationError {}
    }
}
