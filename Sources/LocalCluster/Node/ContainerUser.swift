/// Which user a container's processes are.
enum ContainerUser {
    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    /// The container's wish, then the pod's, then the image's; `nil` for root.
    ///
    /// Throws when root is not allowed, or when the image names a user that it does not have.
    static func resolve(
        container: ContainerManifest, pod: PodManifest, image: RunnableImage
    ) throws -> Sandbox.User? {
        let fromImage = try user(named: image.user, in: image)
        let id = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? fromImage.id
        let group = container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup ?? fromImage.group
        let mustNotBeRoot = container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot ?? false
        if id == 0 {
            guard !mustNotBeRoot else {
                throw Refused(description: "container has runAsNonRoot and image will run as root")
            }
            return nil
        }
        return Sandbox.User(id: id, group: group)
    }

    private static func user(named name: String, in image: RunnableImage) throws -> Sandbox.User {
        guard !name.isEmpty else { return Sandbox.User(id: 0, group: 0) }
        let parts = name.split(separator: ":").map(String.init)
        guard let user = parts.first else { throw Refused(description: "the image has no user \"\(name)\"") }
        if let id = Int(user) { return Sandbox.User(id: id, group: parts.count > 1 ? Int(parts[1]) ?? 0 : 0) }
        guard case .unpacked(let root) = image.files, let users = try? Files.readText("\(root)/etc/passwd") else {
            throw Refused(description: "the image has no user \"\(name)\"")
        }
        for line in users.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 3, fields[0] == user, let id = Int(fields[2]), let group = Int(fields[3]) {
                return Sandbox.User(id: id, group: group)
            }
        }
        throw Refused(description: "the image has no user \"\(name)\"")
    }
}
