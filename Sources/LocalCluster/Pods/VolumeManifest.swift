import KubernetesAPI

/// One volume of a pod: a name and exactly one source.
package struct VolumeManifest: Codable, Hashable, Sendable {
    package struct KeyToPath: Codable, Hashable, Sendable {
        package var key: String
        package var path: String
        package var mode: Int?
    }

    package struct EmptyDirectory: Codable, Hashable, Sendable {
        package var medium: String?
    }

    package struct HostPath: Codable, Hashable, Sendable {
        package var path: String
        package var type: String?
    }

    package struct ConfigMap: Codable, Hashable, Sendable {
        package var name: String?
        package var items: [KeyToPath]?
        package var defaultMode: Int?
        package var optional: Bool?
    }

    package struct Secret: Codable, Hashable, Sendable {
        package var secretName: String?
        package var items: [KeyToPath]?
        package var defaultMode: Int?
        package var optional: Bool?
    }

    package struct DownwardFile: Codable, Hashable, Sendable {
        package var path: String
        package var fieldRef: EnvironmentVariable.FieldReference?
        package var resourceFieldRef: EnvironmentVariable.ResourceFieldReference?
        package var mode: Int?
    }

    package struct DownwardAPI: Codable, Hashable, Sendable {
        package var items: [DownwardFile]?
        package var defaultMode: Int?
    }

    package struct ServiceAccountToken: Codable, Hashable, Sendable {
        package var audience: String?
        package var expirationSeconds: Int?
        package var path: String
    }

    /// Inside `projected` the Secret is called `name`, as the ConfigMap is.
    package struct ProjectedSource: Codable, Hashable, Sendable {
        package var configMap: ConfigMap?
        package var secret: ConfigMap?
        package var downwardAPI: DownwardAPI?
        package var serviceAccountToken: ServiceAccountToken?
    }

    package struct Projected: Codable, Hashable, Sendable {
        package var sources: [ProjectedSource]?
        package var defaultMode: Int?
    }

    package struct PersistentVolumeClaim: Codable, Hashable, Sendable {
        package var claimName: String
        package var readOnly: Bool?
    }

    package var name: String
    package var emptyDir: EmptyDirectory?
    package var hostPath: HostPath?
    package var configMap: ConfigMap?
    package var secret: Secret?
    package var downwardAPI: DownwardAPI?
    package var projected: Projected?
    package var persistentVolumeClaim: PersistentVolumeClaim?
}
