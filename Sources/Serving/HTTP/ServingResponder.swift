import BoundedHTTP
import HTTPTypes
package import Hummingbird
import KubernetesAPI
import Logging
import NIOCore
import PrometheusMetrics
import TensorFlow

/// Answers HTTP requests with TensorFlow Serving's REST interface, health and metrics.
package struct ServingResponder: HTTPResponder {
    private let model: ServedModel
    private let predictor: Predictor
    private let bodies: BodyReader
    private let metrics: ServingMetrics
    private let requestTimeout: Duration
    private let logger: Logger

    init(
        model: ServedModel, predictor: Predictor, bodies: BodyReader, metrics: ServingMetrics, requestTimeout: Duration,
        logger: Logger
    ) {
        self.model = model
        self.predictor = predictor
        self.bodies = bodies
        self.metrics = metrics
        self.requestTimeout = requestTimeout
        self.logger = logger
    }

    package func respond(to request: Request, context: BasicRequestContext) async -> Response {
        let began = ContinuousClock.now
        let route = Route(path: request.uri.path)
        var response: Response
        do { response = try await answer(request, route) } catch {
            let failure = failure(error)
            response = Response(json: failure.json, status: failure.status, headers: failure.headers)
            if failure.status.code >= 500 {
                logger.warning(
                    "\(failure.message)",
                    metadata: ["path": .string(request.uri.path), "code": .stringConvertible(failure.status.code)])
            }
        }
        let time = ContinuousClock.now - began
        metrics.countRequest(route: route?.label ?? "none", code: response.status.code, took: time)
        logger.debug(
            "request",
            metadata: [
                "method": .string(request.method.rawValue), "path": .string(request.uri.path),
                "code": .stringConvertible(response.status.code), "seconds": .seconds(time),
            ])
        return response
    }

    private func answer(_ request: Request, _ route: Route?) async throws -> Response {
        guard let route else { throw HTTPFailure(.notFound, "nothing at \(request.uri.path)") }
        guard request.method == route.httpMethod else {
            throw HTTPFailure(
                .methodNotAllowed, "\(request.uri.path) takes \(route.httpMethod), not \(request.method)",
                headers: [.allow: route.httpMethod.rawValue])
        }
        switch route {
        case .status(let name, let choice):
            let statuses = try model.statuses(of: name, choice)
            return Response(json: ["model_version_status": .array(statuses.map(\.json))])
        case .metadata(let name, let choice):
            let version = try model.version(of: name, choice)
            let metadata = ModelMetadata(name: name, version: version.version, signatures: version.model.signatures)
            return Response(json: metadata.json)
        case .call(.predict, let name, let choice): return try await predict(request, name, choice)
        case .call(let method, _, _):
            throw TFError(.unimplemented, "\(method) is not supported; call the model with :predict")
        case .health: return Response(text: "ok\n", type: "text/plain; charset=utf-8")
        case .readiness:
            guard model.isReady else { throw HTTPFailure(.serviceUnavailable, "the model is not loaded") }
            return Response(text: "ok\n", type: "text/plain; charset=utf-8")
        case .metrics: return Response(text: metrics.registry.text, type: MetricsRegistry.contentType)
        }
    }

    private func predict(_ request: Request, _ name: String, _ choice: VersionChoice) async throws -> Response {
        let began = ContinuousClock.now
        do {
            let json = try await Deadline(after: requestTimeout).enforce { [bodies, predictor] in
                try await bodies.withBody(of: request) { try await predictor.predict($0, model: name, choice) }
            }
            metrics.countCall(error: nil, took: ContinuousClock.now - began)
            return Response(json: json)
        } catch {
            metrics.countCall(error: Self.code(of: error), took: ContinuousClock.now - began)
            throw error
        }
    }

    private static func code(of error: any Error) -> TFError.Code {
        switch error {
        case let error as TFError: error.code
        case is Deadline.Exceeded: .deadlineExceeded
        case is CancellationError: .cancelled
        case let failure as HTTPFailure where failure.status == .serviceUnavailable: .unavailable
        default: .invalidArgument
        }
    }

    private func failure(_ error: any Error) -> HTTPFailure {
        switch error {
        case let failure as HTTPFailure: failure
        case let error as TFError: HTTPFailure(error)
        case is Deadline.Exceeded:
            HTTPFailure(TFError(.deadlineExceeded, "no answer within \(requestTimeout.seconds) seconds"))
        case is CancellationError: HTTPFailure(TFError(.unavailable, "the server is stopping"))
        // What is left is a body that could not be read.
        default: HTTPFailure(.badRequest, "cannot read the request: \(error)")
        }
    }
}

extension Response {
    init(json: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = "application/json"
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json)))
    }

    init(json: JSONValue) { self.init(json: json.serialized) }

    init(text: String, type: String) {
        self.init(
            status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
