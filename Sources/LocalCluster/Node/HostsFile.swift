package import KubernetesAPI

/// The text of a pod's `/etc/hosts`: who it is, and where the pods behind headless services are.
///
/// Stands in for the cluster's DNS, for exactly those names whose answer is pods: `<service>.<namespace>.svc`.
package struct HostsFile: Hashable, Sendable {
    /// A pod of this node as others see it.
    package struct Peer: Hashable, Sendable {
        package var manifest: PodManifest
        package var address: String

        package init(manifest: PodManifest, address: String) {
            self.manifest = manifest
            self.address = address
        }
    }

    package static func text(for pod: Peer, peers: [Peer], services: [HeadlessService]) -> String {
        var lines = ["127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback"]
        lines.append(([pod.address] + ownNames(pod.manifest)).joined(separator: "\t"))
        for alias in pod.manifest.spec.hostAliases ?? [] {
            lines.append(([alias.ip] + (alias.hostnames ?? [])).joined(separator: "\t"))
        }
        for service in services.sorted(by: { $0.metadata.key < $1.metadata.key }) {
            for peer in peers.sorted(by: { $0.address < $1.address }) where service.selects(peer.manifest) {
                let isNear = service.metadata.namespace == pod.manifest.metadata.namespace
                var names = names(of: service.metadata.name, in: service.metadata.namespace, isNear: isNear)
                if let hostname = peer.manifest.spec.hostname, peer.manifest.spec.subdomain == service.metadata.name {
                    names = names.map { "\(hostname).\($0)" } + names
                }
                lines.append(([peer.address] + names).joined(separator: "\t"))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func ownNames(_ pod: PodManifest) -> [String] {
        let hostname = pod.spec.hostname ?? pod.metadata.name
        guard let subdomain = pod.spec.subdomain else { return [hostname] }
        return ["\(hostname).\(subdomain).\(pod.metadata.namespace).svc.cluster.local", hostname]
    }

    private static func names(of service: String, in namespace: String, isNear: Bool) -> [String] {
        let full = [
            "\(service).\(namespace).svc.cluster.local", "\(service).\(namespace).svc", "\(service).\(namespace)",
        ]
        return isNear ? full + [service] : full
    }
}

/// A service as far as names of pods depend on it.
package struct HeadlessService: KubernetesObject, Hashable {
    package static let resource = Service.resource

    package struct Spec: Codable, Hashable, Sendable {
        package var clusterIP: String?
        package var selector: [String: String]?
    }

    package var metadata: ObjectMeta
    package var spec: Spec?

    package init(metadata: ObjectMeta, spec: Spec?) {
        self.metadata = metadata
        self.spec = spec
    }

    /// Whether its name stands for this pod's address.
    ///
    /// Services with an address of their own need a proxy, which a local cluster does not have; their names lead to
    /// the pods too, which is as good when the target port is the port.
    func selects(_ pod: PodManifest) -> Bool {
        guard pod.metadata.namespace == metadata.namespace, let selector = spec?.selector, !selector.isEmpty
        else { return false }
        return selector.allSatisfy { pod.metadata.labels[$0.key] == $0.value }
    }
}
