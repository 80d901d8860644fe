public import HTTPTransport
public import KubernetesAPI

/// What is asked of the server itself, and of pods' logs.
extension KubernetesClient {
    /// A container's log in chunks of bytes; with `follow` it ends when the container does.
    public func log(_ pod: ObjectKey, _ options: LogOptions = LogOptions()) async throws(KubernetesError) -> HTTPBody {
        try await send(.log(pod, options)).body
    }

    /// A fresh token of a service account.
    public func token(
        serviceAccount: ObjectKey, audiences: [String] = [], expirationSeconds: Int = 3_600
    ) async throws(KubernetesError) -> ServiceAccountToken {
        let request = KubernetesRequest.token(
            serviceAccount: serviceAccount, audiences: audiences, expirationSeconds: expirationSeconds)
        let json = try await document(request)
        return try Self.decode(json["status"] ?? .null, subject: request.subject)
    }

    /// What `/version` says.
    public func version() async throws(KubernetesError) -> ServerVersion {
        let request = KubernetesRequest(.get, path: "/version", subject: "get the server's version")
        return try await Self.decode(document(request), subject: request.subject)
    }

    /// Any path of the server as bytes, such as `/healthz` or `/metrics`.
    public func raw(_ path: String, upTo limit: Int = 16 << 20) async throws(KubernetesError) -> [UInt8] {
        let request = KubernetesRequest(.get, path: path, subject: "get \(path)")
        let response = try await send(request)
        do throws(HTTPTransportError) {
            return try await response.collect(upTo: limit)
        } catch {
            throw KubernetesError(error, subject: request.subject)
        }
    }
}

/// A bearer token and when it ends.
public struct ServiceAccountToken: Codable, Hashable, Sendable {
    public var token: String
    public var expirationTimestamp: Time
}

/// The release of an API server.
public struct ServerVersion: Codable, Hashable, Sendable {
    public var major: String
    public var minor: String
    /// With a leading v: `v1.30.2`.
    public var gitVersion: String
}
