import HTTPTransport
import KubernetesAPI

/// What a registry says about a request that it did not carry out.
struct RegistryProblem {
    let status: Int
    /// The registry's own words, empty where it has none.
    let detail: String

    /// Reads what there is of the body; a body that breaks off is none.
    init(_ response: HTTPResponse) async {
        status = response.status
        let bytes = (try? await response.collect(upTo: 1 << 16)) ?? []
        let errors = (try? JSONValue(parsing: bytes))?["errors"]?.arrayValue ?? []
        detail = errors.map { error in
            [error["message"]?.stringValue, error["code"]?.stringValue.map { "(\($0))" }]
                .compactMap(\.self).joined(separator: " ")
        }.joined(separator: ", ")
    }

    func error(_ code: ImageError.Code, from registry: String) -> ImageError {
        ImageError(code, "registry \(registry) answers with status \(status)").adding(self)
    }
}

extension ImageError {
    /// The same error with the registry's own words behind it.
    func adding(_ problem: RegistryProblem) -> ImageError {
        problem.detail.isEmpty ? self : ImageError(code, "\(message): \(problem.detail)")
    }

    /// Why a registry could not be asked, and what to look at.
    init(_ error: HTTPTransportError, registry: String) {
        switch error.code {
        case .cancelled: self.init(.cancelled, error.message)
        case .unreachable:
            self.init(
                .unavailable,
                "registry \(registry) does not answer: \(error.message); check its address and that it runs")
        case .tls:
            self.init(
                .configuration,
                "registry \(registry): \(error.message); a registry without TLS needs --plain-http, one with a private "
                    + "certificate authority --registry-ca")
        case .timedOut, .closed: self.init(.unavailable, "registry \(registry): \(error.message)")
        case .tooLarge, .redirect, .invalid, .body:
            self.init(.invalidContent, "registry \(registry): \(error.message)")
        }
    }
}
