package import KubernetesAPI
package import KubernetesClient
package import Logging

/// What every part of the node agent needs to know, handed down by `init`.
package struct NodeContext: Sendable {
    package var name: String
    package var hostIP = "127.0.0.1"
    package var state: StateDirectory
    package var client: KubernetesClient
    package var images: any ImageProvider
    package var backoff: ContainerBackoff
    /// Where pods find the API server.
    package var apiServerPort: Int
    /// What the node offers, as in `status.allocatable`.
    package var allocatable: [String: String]
    package var programs: SandboxPrograms
    package var now: @Sendable () -> MicroTime
    package var logger: Logger

    package init(
        name: String, state: StateDirectory, client: KubernetesClient, images: any ImageProvider,
        backoff: ContainerBackoff = ContainerBackoff(), apiServerPort: Int, allocatable: [String: String],
        programs: SandboxPrograms, now: @escaping @Sendable () -> MicroTime, logger: Logger
    ) {
        self.name = name
        self.state = state
        self.client = client
        self.images = images
        self.backoff = backoff
        self.apiServerPort = apiServerPort
        self.allocatable = allocatable
        self.programs = programs
        self.now = now
        self.logger = logger
    }

    /// Where everything of one pod lies on this machine.
    func folder(ofPod uid: String) -> String { "\(state.pods)/\(uid)" }

    /// Where one run of a container keeps its log and last words.
    func folder(ofPod uid: String, container: String, attempt: Int) -> String {
        "\(folder(ofPod: uid))/containers/\(container)/\(attempt)"
    }

    func logPath(ofPod uid: String, container: String, attempt: Int) -> String {
        "\(folder(ofPod: uid, container: container, attempt: attempt))/log"
    }
}

/// The programs of this machine that make sandboxes, by absolute path: a container's `PATH` must not choose them.
package struct SandboxPrograms: Hashable, Sendable {
    package var bubblewrap: String
    package var unshare: String
    package var enter: String

    /// Looks for them in `PATH`.
    ///
    /// Throws ``LocalClusterError`` naming the Debian package of the first that is missing.
    package init(environment: [String: String]) throws(LocalClusterError) {
        let folders = (environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin").split(separator: ":")
        func find(_ program: String, package name: String) throws(LocalClusterError) -> String {
            guard let folder = folders.first(where: { Files.isExecutable("\($0)/\(program)") }) else {
                throw LocalClusterError("cannot find \(program) in PATH: install the package \(name)")
            }
            return "\(folder)/\(program)"
        }
        bubblewrap = try find("bwrap", package: "bubblewrap")
        unshare = try find("unshare", package: "util-linux")
        enter = try find("nsenter", package: "util-linux")
    }
}
