import KubernetesAPI

/// What an image consists of: its configuration and its layers, lowest first.
public struct ImageManifest: Codable, Hashable, Sendable {
    public var schemaVersion = 2
    public var mediaType: String? = MediaType.manifest
    public var config: Descriptor
    public var layers: [Descriptor]
    public var annotations: [String: String]?

    public init(config: Descriptor, layers: [Descriptor], annotations: [String: String]? = nil) {
        self.config = config
        self.layers = layers
        self.annotations = annotations
    }
}

/// A list of manifests for different machines.
public struct ImageIndex: Codable, Hashable, Sendable {
    public var schemaVersion = 2
    public var mediaType: String? = MediaType.index
    public var manifests: [Descriptor]
    public var annotations: [String: String]?

    public init(manifests: [Descriptor], annotations: [String: String]? = nil) {
        self.manifests = manifests
        self.annotations = annotations
    }
}
