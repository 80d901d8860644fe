import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore

/// The HTTPS endpoint in front of an ``AdmissionHandler``.
struct AdmissionServer: Sendable {
    let address: String
    let port: Int
    let handler: AdmissionHandler
    let certificate: ServingCertificate
    let metrics: AdmissionMetrics
    let onRunning: @Sendable (Int) -> Void
    let logger: Logger

    /// Serves until a graceful shutdown.
    func run() async throws {
        let router = Router()
        for path in handler.paths {
            metrics.begin(path)
            router.post(RouterPath(path)) { request, _ in await reply(to: request, path: path) }
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: router, server: try .tls(.http1(), tlsConfiguration: certificate.configuration),
            configuration: .init(address: .hostname(address, port: port), serverName: "aerie"),
            onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) }, logger: quiet)
        try await application.run()
    }

    private func reply(to request: Request, path: String) async -> Response {
        let reply = await metrics.measure(path) { await answer(to: request, path: path) }
        if reply.status != 200 {
            logger.warning(
                "refused a request that is no AdmissionReview",
                metadata: ["path": "\(path)", "why": "\(String(decoding: reply.body, as: UTF8.self))"])
        }
        return Response(
            status: .init(code: reply.status),
            headers: [
                .contentType: reply.status == 200 ? "application/json" : "text/plain; charset=utf-8"
            ], body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
    }

    private func answer(to request: Request, path: String) async -> AdmissionHandler.Reply {
        do {
            let body = try await request.body.collect(upTo: AdmissionHandler.maximumBodyBytes)
            return await handler.reply(to: Array(body.readableBytesView), path: path)
        } catch is NIOTooManyBytesError {
            return AdmissionHandler.Reply(
                status: 413, body: Array("the body has more than \(AdmissionHandler.maximumBodyBytes) bytes\n".utf8))
        } catch {
            return AdmissionHandler.Reply(status: 400, body: Array("the body did not arrive: \(error)\n".utf8))
        }
    }
}
