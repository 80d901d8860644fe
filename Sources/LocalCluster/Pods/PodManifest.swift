package import KubernetesAPI

/// One pod as the node runs it: every field of `v1.Pod` that the node agent acts on.
package struct PodManifest: KubernetesObject, Hashable {
    package static let resource = Pod.resource

    package enum RestartPolicy: String, Codable, Sendable, CaseIterable {
        case always = "Always"
        case onFailure = "OnFailure"
        case never = "Never"
    }

    package struct SecurityContext: Codable, Hashable, Sendable {
        package var runAsUser: Int?
        package var runAsGroup: Int?
        package var runAsNonRoot: Bool?
    }

    package struct HostAlias: Codable, Hashable, Sendable {
        package var ip: String
        package var hostnames: [String]?
    }

    package struct Spec: Codable, Hashable, Sendable {
        package var nodeName: String?
        package var hostname: String?
        package var subdomain: String?
        package var serviceAccountName: String?
        /// Open, since a value that this node does not know must be told; see ``PodManifest/refusal``.
        package var restartPolicy: String?
        /// Seconds between SIGTERM and SIGKILL.
        package var terminationGracePeriodSeconds: Int?
        /// Seconds from the pod's start time after which it fails.
        package var activeDeadlineSeconds: Int?
        package var enableServiceLinks: Bool?
        package var securityContext: SecurityContext?
        package var hostAliases: [HostAlias]?
        package var initContainers: [ContainerManifest]?
        package var containers: [ContainerManifest]
        package var volumes: [VolumeManifest]?
    }

    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: PodStatus?

    package var restartPolicy: RestartPolicy { spec.restartPolicy.flatMap(RestartPolicy.init(rawValue:)) ?? .always }

    /// Seconds between SIGTERM and SIGKILL when nothing else was asked for.
    package var gracePeriod: Int { ManifestSeconds.bounded(spec.terminationGracePeriodSeconds ?? 30) }

    package func container(_ name: String) -> ContainerManifest? {
        ((spec.initContainers ?? []) + spec.containers).first { $0.name == name }
    }
}
