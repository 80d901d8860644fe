import HTTPTransport
import KubernetesAPI
package import KubernetesClient

/// The objects that a node reads for its pods: ConfigMaps, Secrets, claims, tokens.
///
/// Asked with the node's own identity, so the API server hands out only what pods of this node refer to.
package struct ClusterObjects: Sendable {
    private let client: KubernetesClient

    package init(client: KubernetesClient) { self.client = client }

    /// A ConfigMap or Secret; `nil` when there is none.
    func object(_ resource: Resource, namespace: String, name: String) async throws(KubernetesError) -> JSONValue? {
        do throws(KubernetesError) {
            return try await client.get(Reference(resource, namespace: namespace, name: name))
        } catch {
            guard error.reason == .notFound else { throw error }
            return nil
        }
    }

    /// What variables may refer to, by object and key.
    ///
    /// Objects that do not exist are left out.
    func environmentObjects(
        for container: ContainerManifest, namespace: String
    ) async throws(KubernetesError) -> ContainerEnvironment.Objects {
        let references = ContainerEnvironment.references(of: container)
        var objects = ContainerEnvironment.Objects()
        for name in references.configMaps {
            if let object = try await object(.configMaps, namespace: namespace, name: name) {
                objects.configMaps[name] = Self.text(ProjectedFiles.content(configMap: object))
            }
        }
        for name in references.secrets {
            if let object = try await object(.secrets, namespace: namespace, name: name) {
                objects.secrets[name] = Self.text(ProjectedFiles.content(secret: object))
            }
        }
        return objects
    }

    private static func text(_ content: [String: [UInt8]]) -> [String: String] {
        content.mapValues { String(decoding: $0, as: UTF8.self) }
    }

    /// A token for the pod's service account that ends with the pod.
    func token(
        for pod: PodManifest, _ source: VolumeManifest.ServiceAccountToken
    ) async throws(KubernetesError) -> ServiceAccountToken {
        let account = pod.spec.serviceAccountName ?? "default"
        let namespace = pod.metadata.namespace
        var request = KubernetesRequest(
            .post, path: "/api/v1/namespaces/\(namespace)/serviceaccounts/\(account)/token",
            subject: "create a token of service account \(namespace)/\(account)")
        request.body = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": [
                "audiences": .array(source.audience.map { [.string($0)] } ?? []),
                "expirationSeconds": JSONValue(source.expirationSeconds ?? 3_600),
                "boundObjectRef": [
                    "apiVersion": "v1", "kind": "Pod", "name": .string(pod.metadata.name),
                    "uid": .string(pod.metadata.uid),
                ],
            ],
        ]
        let answer = try await client.document(request)
        guard let status = answer["status"], let token = try? status.decode(ServiceAccountToken.self) else {
            throw KubernetesError(.undecodable, "\(request.subject): the answer has no token")
        }
        return token
    }

    /// Where a bound claim's volume lies on this machine.
    func path(ofClaim name: String, namespace: String) async throws -> String {
        guard let claim = try await object(.persistentVolumeClaims, namespace: namespace, name: name) else {
            throw VolumeUnavailable("persistentvolumeclaim \"\(name)\" not found")
        }
        guard claim["status"]?["phase"]?.stringValue == "Bound", let volume = claim["spec"]?["volumeName"]?.stringValue
        else { throw VolumeUnavailable("persistentvolumeclaim \"\(name)\" is not bound") }
        let spec = try await client.get(Reference(.persistentVolumes, name: volume))["spec"]
        if let hostPath = spec?["hostPath"], let path = hostPath["path"]?.stringValue {
            try HostPathCheck.prepare(path: path, type: hostPath["type"]?.stringValue ?? "DirectoryOrCreate")
            return path
        }
        if let path = spec?["local"]?["path"]?.stringValue {
            try HostPathCheck.prepare(path: path, type: "Directory")
            return path
        }
        throw VolumeUnavailable("persistentvolume \"\(volume)\" is neither hostPath nor local")
    }
}

/// Why a volume cannot be put in place yet.
package struct VolumeUnavailable: Error, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}

extension Resource {
    static let configMaps = Resource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
    static let secrets = Resource(group: "", version: "v1", kind: "Secret", plural: "secrets")
    static let persistentVolumeClaims = Resource(
        group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims")
    static let persistentVolumes = Resource(
        group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes", isNamespaced: false)
    static let nodes = Resource(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    static let leases = Resource(group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")
    static let events = Resource(group: "", version: "v1", kind: "Event", plural: "events")
    static let serviceAccounts = Resource(
        group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")
}
