/// The names of content in a registry.
///
/// - SeeAlso: `media-types.md` of the OCI image specification, and `manifest-v2-2.md` of the Docker distribution.
public enum MediaType {
    public static let index = "application/vnd.oci.image.index.v1+json"
    public static let manifest = "application/vnd.oci.image.manifest.v1+json"
    public static let configuration = "application/vnd.oci.image.config.v1+json"
    public static let layer = "application/vnd.oci.image.layer.v1.tar"
    public static let gzipLayer = "application/vnd.oci.image.layer.v1.tar+gzip"

    static let dockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json"
    static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    static let dockerConfiguration = "application/vnd.docker.container.image.v1+json"
    static let dockerLayer = "application/vnd.docker.image.rootfs.diff.tar"
    static let dockerGzipLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip"

    /// What a client may be given when it asks for a manifest.
    static let manifests = [index, manifest, dockerIndex, dockerManifest]

    /// The OCI name of content that is the same in both families.
    static func oci(_ mediaType: String) -> String {
        switch mediaType {
        case dockerIndex: index
        case dockerManifest: manifest
        case dockerConfiguration: configuration
        case dockerLayer: layer
        case dockerGzipLayer: gzipLayer
        default: mediaType
        }
    }
}
