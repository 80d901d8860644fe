import BoundedHTTP
import HTTPTypes
import Hummingbird
import HummingbirdTLS
import KubernetesAPI
import Logging
import NIOCore

/// The HTTPS endpoint in front of an ``AdmissionHandler``, within ``AdmissionLimits``.
struct AdmissionServer: Sendable {
    let address: String
    let port: Int
    let limits: AdmissionLimits
    let handler: AdmissionHandler
    let certificate: ServingCertificate
    let metrics: AdmissionMetrics
    let onRunning: @Sendable (Int) -> Void
    let logger: Logger

    /// Serves until a graceful shutdown.
    func run() async throws {
        let guards = Guards(
            bodies: BodyReader(BodyBudget(perRequest: AdmissionHandler.maximumBodyBytes, total: limits.totalBytes)),
            smallBodies: BodyReader(
                BodyBudget(perRequest: AdmissionLimits.smallBodyBytes, total: limits.totalSmallBytes)),
            connections: Connections(limit: limits.connections))
        metrics.observe(
            bytesHeld: { guards.bodies.bytesHeld + guards.smallBodies.bytesHeld },
            connections: { guards.connections.count }, closedConnections: { guards.connections.closedCount })
        let router = Router(context: ConnectionContext.self)
        for path in handler.paths {
            metrics.begin(path)
            router.post(RouterPath(path)) { request, context in
                guards.connections.note(.requestArrives, of: context.channel)
                let response = await reply(to: request, path: path, on: context.channel, guards)
                guards.connections.note(.rests, of: context.channel)
                return response
            }
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: router,
            server: try .tls(
                .http1(
                    configuration: .init(
                        additionalChannelHandlers: [guards.connections.makeHandler()],
                        idleTimeout: TimeAmount(limits.idleTimeout),
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: AdmissionLimits.maximumHeadBytes,
                            maxHeaderListSize: AdmissionLimits.maximumHeadBytes, maxHeaderFieldCount: 100))),
                tlsConfiguration: certificate.configuration),
            configuration: .init(address: .hostname(address, port: port), serverName: "aerie"),
            onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) }, logger: quiet)
        try await application.run()
    }

    /// What all requests share.
    private struct Guards: Sendable {
        let bodies: BodyReader
        let smallBodies: BodyReader
        let connections: Connections

        /// Who reads the request's body; API servers say how long it is.
        func reader(of request: Request) -> BodyReader {
            let length = request.headers[.contentLength].flatMap { Int($0) } ?? .max
            return length <= AdmissionLimits.smallBodyBytes ? smallBodies : bodies
        }
    }

    private func reply(
        to request: Request, path: String, on channel: any Channel, _ guards: Guards
    ) async -> Response {
        var headers: HTTPFields = [:]
        let reply = await metrics.measure(path) {
            do {
                return try await answer(to: request, path: path, on: channel, guards)
            } catch {
                let failure = failure(error)
                headers = failure.headers
                // The rest of the body is thrown away for a moment, so that the answer can be read; then it is over.
                headers[.connection] = "close"
                channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
                return .refusal(failure.status.code, failure.message)
            }
        }
        if reply.status != 200 {
            logger.warning(
                "refused a request that is no AdmissionReview",
                metadata: ["path": "\(path)", "why": "\(String(decoding: reply.body.prefix(1_000), as: UTF8.self))"])
        }
        headers[.contentType] = reply.status == 200 ? "application/json" : "text/plain; charset=utf-8"
        return Response(
            status: .init(code: reply.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
    }

    private func answer(
        to request: Request, path: String, on channel: any Channel, _ guards: Guards
    ) async throws -> AdmissionHandler.Reply {
        try await Deadline(after: limits.requestTimeout).enforce { [handler] in
            try await guards.reader(of: request).withBody(
                of: request, giveUp: { channel.close(promise: nil) },
                costBesides: { AdmissionLimits.bytes(forValues: JSONSize($0).values) + $0.count },
                { body in
                    guards.connections.note(.isAnswered, of: channel)
                    return await handler.reply(to: body, path: path)
                })
        }
    }

    private func failure(_ error: any Error) -> HTTPFailure {
        switch error {
        case let failure as HTTPFailure: failure
        case is Deadline.Exceeded:
            HTTPFailure(.requestTimeout, "the review did not arrive within \(limits.requestTimeout)")
        case is CancellationError: HTTPFailure(.serviceUnavailable, "the webhook is stopping")
        default: HTTPFailure(.badRequest, "the body did not arrive: \(error)")
        }
    }
}

/// A request's context that knows its connection.
private struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
