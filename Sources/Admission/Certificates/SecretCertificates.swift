import FoundationEssentials
public import KubernetesAPI
public import KubernetesClient

/// Certificates that this webhook makes for itself and keeps in one Secret, which all replicas share.
///
/// The Secret is not created here but comes with the installation, empty: so the rights that are needed are `get` and
/// `update` of this one name. Replicas that want to write at once find out by the resource version; the loser takes
/// what the winner wrote.
public struct SecretCertificates: CertificateSource {
    public static let resource = Resource(group: "", version: "v1", kind: "Secret", plural: "secrets")

    private let client: KubernetesClient
    private let secret: ObjectKey
    private let hosts: [String]
    private let policy: CertificateRotation.Policy
    private let now: @Sendable () -> MicroTime

    /// - Parameters:
    ///   - client: With the rights to get and update the Secret.
    ///   - secret: Its namespace and name.
    ///   - hosts: What certificates must stand for.
    ///   - policy: How long they live.
    ///   - now: The wall clock.
    public init(
        client: KubernetesClient, secret: ObjectKey, hosts: [String],
        policy: CertificateRotation.Policy = CertificateRotation.Policy(), now: @escaping @Sendable () -> MicroTime
    ) {
        self.client = client
        self.secret = secret
        self.hosts = hosts
        self.policy = policy
        self.now = now
    }

    /// The names of a Service within its cluster; API servers use `<service>.<namespace>.svc`.
    public static func hosts(service: String, namespace: String) -> [String] {
        [
            "\(service).\(namespace).svc", "\(service).\(namespace).svc.cluster.local", "\(service).\(namespace)",
            service,
        ]
    }

    public func current() async throws -> ServedCertificate {
        // Each pass either ends or has seen another replica's write; a step takes one write, and there are two at most.
        for _ in 0..<8 {
            if let served = try await step() { return served }
        }
        throw CertificateUnavailable("the Secret \(secret) is changed by others all the time")
    }

    /// What is stored, or `nil` after having written the next step.
    private func step() async throws -> ServedCertificate? {
        let stored = try await read()
        let rotation = CertificateRotation(secretData: stored["data"] ?? [:])
        let wanted = try rotation.advanced(
            now: Date(timeIntervalSince1970: TimeInterval(now().microseconds) / 1_000_000), hosts: hosts,
            policy: policy,
            issue: issue)
        guard wanted == rotation, let identity = rotation.current else {
            try await write(wanted, over: stored)
            return nil
        }
        return ServedCertificate(chain: identity.certificate, key: identity.key, trustBundle: rotation.bundle)
    }

    private func issue(_ now: Date, _ validity: TimeInterval) throws -> ServingIdentity {
        try ServingIdentity(hosts: hosts, now: now, validity: validity)
    }

    private func read() async throws(KubernetesError) -> JSONValue {
        try await client.get(Reference(Self.resource, secret))
    }

    /// Another replica's write in between is no error: the caller reads again.
    private func write(_ rotation: CertificateRotation, over stored: JSONValue) async throws(KubernetesError) {
        var body = stored
        body["data"] = rotation.secretData
        let manifest = Manifest(Reference(Self.resource, secret), body)
        do throws(KubernetesError) {
            try await client.update(manifest)
        } catch {
            if error.reason != .conflict { throw error }
        }
    }
}
