import FoundationEssentials
public import KubernetesAPI
public import KubernetesClient

/// Keeps the ValidatingWebhookConfiguration able to reach and trust this webhook.
///
/// Everything else about the configuration belongs to the manifests; only `caBundle`, and with ``url`` the address, are
/// written. The rights that are needed are `get` and `update` of this one name.
public struct WebhookRegistration: Sendable {
    public static let resource = Resource(
        group: "admissionregistration.k8s.io", version: "v1", kind: "ValidatingWebhookConfiguration",
        plural: "validatingwebhookconfigurations", isNamespaced: false)

    /// What was found and done.
    public enum Outcome: Hashable, Sendable {
        case unchanged
        case written
        /// There is no such configuration: API servers ask nobody.
        case absent
    }

    private let client: KubernetesClient
    private let name: String
    private let url: String?

    /// - Parameters:
    ///   - client: With the rights to get and update the configuration.
    ///   - name: The configuration.
    ///   - url: Scheme, host and port where API servers cannot use the Service; `nil` leaves the address alone.
    public init(client: KubernetesClient, name: String = "aerie-controller", url: String? = nil) {
        self.client = client
        self.name = name
        self.url = url
    }

    /// Writes the bundle where it differs from what is there.
    public func announce(_ bundle: String) async throws(KubernetesError) -> Outcome {
        for _ in 0..<4 {
            if let outcome = try await attempt(bundle) { return outcome }
        }
        throw KubernetesError(.conflict, "\(name) is changed by others all the time")
    }

    /// `nil` when somebody else wrote in between.
    private func attempt(_ bundle: String) async throws(KubernetesError) -> Outcome? {
        let reference = Reference(Self.resource, name: name)
        do throws(KubernetesError) {
            let stored = try await client.get(reference)
            let wanted = announcing(bundle, in: stored)
            guard wanted != stored else { return .unchanged }
            try await client.update(Manifest(reference, wanted))
            return .written
        } catch {
            switch error.reason {
            case .notFound: return .absent
            case .conflict: return nil
            default: throw error
            }
        }
    }

    /// Only webhooks at paths of ours are touched, should somebody have put others beside them.
    private func announcing(_ bundle: String, in stored: JSONValue) -> JSONValue {
        let encoded = JSONValue.string(Data(bundle.utf8).base64EncodedString())
        let paths = Set(AdmissionRules.all.map(\.path))
        var configuration = stored
        configuration["webhooks"] = .array(
            (stored["webhooks"]?.arrayValue ?? []).map { webhook in
                let client = webhook["clientConfig"] ?? [:]
                guard let path = client["service"]?["path"]?.stringValue ?? Self.path(ofURL: client["url"]),
                    paths.contains(path)
                else { return webhook }
                var webhook = webhook
                webhook["clientConfig"]?["caBundle"] = encoded
                if let url {
                    webhook["clientConfig"]?["service"] = nil
                    webhook["clientConfig"]?["url"] = .string(url + path)
                }
                return webhook
            })
        return configuration
    }

    private static func path(ofURL url: JSONValue?) -> String? {
        guard let text = url?.stringValue, let slash = text.lastIndex(of: "/") else { return nil }
        return String(text[slash...])
    }
}
