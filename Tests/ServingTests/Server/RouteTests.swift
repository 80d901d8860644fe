import BoundedHTTP
import HTTPTypes
import Serving
import TensorFlow
import Testing

@Suite("Paths and status codes") struct RouteTests {
    @Test(
        "TensorFlow Serving's paths",
        arguments: [
            ("/v1/models/m", .status(model: "m", .latest)), ("/V1/Models/m", .status(model: "m", .latest)),
            ("/v1/models/m/versions/7", .status(model: "m", .number(7))),
            ("/v1/models/m/versions/007", .status(model: "m", .number(7))),
            ("/v1/models/m/labels/stable", .status(model: "m", .label("stable"))),
            ("/v1/models/m/metadata", .metadata(model: "m", .latest)),
            ("/v1/models/m/versions/7/metadata", .metadata(model: "m", .number(7))),
            ("/v1/models/m:predict", .call(.predict, model: "m", .latest)),
            ("/v1/models/m%3Apredict", .call(.predict, model: "m", .latest)),
            ("/v1/models/m/versions/7:predict", .call(.predict, model: "m", .number(7))),
            ("/v1/models/m/labels/stable:predict", .call(.predict, model: "m", .label("stable"))),
            ("/v1/models/m:classify", .call(.classify, model: "m", .latest)),
            ("/v1/models/m:regress", .call(.regress, model: "m", .latest)), ("/healthz", .health),
            ("/readyz", .readiness), ("/metrics", .metrics), ("/monitoring/prometheus/metrics", .metrics),
        ] as [(String, Route)])
    func known(path: String, route: Route) { #expect(Route(path: path) == route) }

    @Test(
        "Nothing else is there",
        arguments: [
            "", "/", "/v1", "/v1/models", "/v1/models/", "/v2/models/m", "/v1/models/m/", "/v1/models/m/versions",
            "/v1/models/m/versions/", "/v1/models/m/versions/x", "/v1/models/m/versions/-1", "/v1/models/m:train",
            "/v1/models/m/versions/99999999999999999999", "/v1/models/m/other/1", "/v1/models/:predict",
            "/v1/models/m/versions/1/2", "/v1/models/a:b/versions/1", "/healthz/x",
        ])
    func unknown(path: String) { #expect(Route(path: path) == nil) }

    @Test(
        "Canonical codes become TensorFlow Serving's status codes",
        arguments: [
            (.invalidArgument, 400), (.failedPrecondition, 400), (.outOfRange, 400), (.unauthenticated, 401),
            (.permissionDenied, 403), (.notFound, 404), (.alreadyExists, 409), (.aborted, 409),
            (.resourceExhausted, 429), (.cancelled, 499), (.internal, 500), (.dataLoss, 500), (.unknown, 500),
            (.unimplemented, 501), (.unavailable, 503), (.deadlineExceeded, 504),
        ] as [(TFError.Code, Int)])
    func statusCodes(code: TFError.Code, status: Int) {
        let failure = HTTPFailure(TFError(code, "say \"why\""))
        #expect(failure.status.code == status)
        #expect(failure.json == Array(#"{"error":"say \"why\""}"#.utf8))
        #expect((failure.headers[.retryAfter] != nil) == [429, 503].contains(status))
    }

    @Test("Codes have the names of TensorFlow's protocols")
    func codeNames() {
        #expect(TFError.Code.invalidArgument.protocolName == "INVALID_ARGUMENT")
        #expect(TFError.Code.internal.protocolName == "INTERNAL")
        #expect(TFError.Code.deadlineExceeded.protocolName == "DEADLINE_EXCEEDED")
    }
}
