import Glibc
import ImageRegistry
import KubernetesAPI

/// What a build made, for scripts and for the controller that reads the pod's termination message.
struct ImageBuildResult {
    /// With the digest, so that it means the same forever.
    var image: String
    var digest: Digest
    /// With the digest; `nil` for an image that has no base.
    var base: String?

    var json: JSONValue {
        JSONValue(compacting: [
            "contract": 1, "image": .string(image), "digest": .string(digest.description),
            "base": base.map { .string($0) },
        ])
    }

    /// Leaves the result where Kubernetes looks for it.
    ///
    /// - Parameter path: `nil` writes to a pod's usual file, and nowhere outside of a pod.
    func writeTerminationMessage(to path: String?) throws(ImageError) {
        let usual = "/dev/termination-log"
        guard path != nil || access(usual, F_OK) == 0 else { return }
        let file = path ?? usual
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(file) }
        defer { close(descriptor) }
        let bytes = json.serialized
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw Self.failure(file) }
    }

    private static func failure(_ file: String) -> ImageError {
        ImageError(.fileSystem, "cannot write the termination message to \(file): \(String(cString: strerror(errno)))")
    }
}
