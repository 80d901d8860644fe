/// What a container's processes see and are, as a value; ``command`` turns it into a bubblewrap command line.
///
/// Each container has its own mount, pid, ipc and host name spaces. The network is the host's: pods differ by their
/// loopback addresses.
package struct Sandbox: Hashable, Sendable {
    /// What lies under everything else.
    package enum Root: Hashable, Sendable {
        /// A new writable root with the host's `/usr` and these files and folders, read-only at their own places.
        case host(paths: [String])
        /// An unpacked image; what the container writes goes to `writable` and never to the image.
        case image(rootFileSystem: String, writable: String)
    }

    package struct Mount: Hashable, Sendable {
        package var source: String
        package var target: String
        package var isReadOnly: Bool

        package init(source: String, target: String, isReadOnly: Bool = false) {
            self.source = source
            self.target = target
            self.isReadOnly = isReadOnly
        }
    }

    /// Users other than root are numbers inside a user namespace: the processes see this number, files outside belong
    /// to whoever runs the node agent.
    package struct User: Hashable, Sendable {
        package var id: Int
        package var group: Int

        package init(id: Int, group: Int) {
            self.id = id
            self.group = group
        }
    }

    package var root: Root
    package var mounts: [Mount]
    package var hostName: String
    /// `nil` keeps the node agent's user.
    package var user: User?
    package var workingDirectory: String
    /// Program and arguments; the program is looked up inside the sandbox.
    package var program: [String]
    package var isRootReadOnly: Bool
    /// Variables of the node agent that the program shall not see.
    package var hiddenVariables: [String]

    package init(
        root: Root, mounts: [Mount] = [], hostName: String, user: User? = nil, workingDirectory: String = "/",
        program: [String], isRootReadOnly: Bool = false, hiddenVariables: [String] = []
    ) {
        self.root = root
        self.mounts = mounts
        self.hostName = hostName
        self.user = user
        self.workingDirectory = workingDirectory
        self.program = program
        self.isRootReadOnly = isRootReadOnly
        self.hiddenVariables = hiddenVariables
    }

    /// Files of the host's `/etc` that programs need to find names, time zones, libraries and trusted authorities.
    private static let hostFiles = [
        "passwd", "group", "nsswitch.conf", "resolv.conf", "host.conf", "localtime", "timezone", "ssl",
        "ca-certificates", "alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "mime.types", "services",
        "protocols",
    ].map { "/etc/\($0)" }

    /// What Docker leaves to root as well, without making device nodes and raw sockets.
    private static let capabilities = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
    ]

    /// Program and arguments that run the sandbox; `programs` says where bubblewrap and unshare are.
    package func command(bubblewrap: String = "bwrap", unshare: String = "unshare") -> [String] {
        var arguments: [String] = []
        switch root {
        case .host(let paths):
            arguments += ["--tmpfs", "/", "--perms", "1777", "--dir", "/tmp", "--ro-bind", "/usr", "/usr"]
            for folder in ["bin", "sbin", "lib", "lib64", "lib32"] {
                arguments += ["--symlink", "usr/\(folder)", "/\(folder)"]
            }
            for path in Self.hostFiles { arguments += ["--ro-bind-try", path, path] }
            for path in paths { arguments += ["--ro-bind", path, path] }
        case .image(_, let writable): arguments += ["--bind", "\(writable)/root", "/"]
        }
        arguments += ["--dev", "/dev", "--proc", "/proc", "--ro-bind", "/sys", "/sys", "--tmpfs", "/dev/shm"]
        // Outer mounts first, so that an inner one is not hidden by them.
        for mount in mounts.sorted(by: { $0.target < $1.target }) {
            arguments += [mount.isReadOnly ? "--ro-bind" : "--bind", mount.source, mount.target]
        }
        if isRootReadOnly { arguments += ["--remount-ro", "/"] }
        arguments += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", hostName]
        if let user {
            arguments += ["--unshare-user", "--uid", "\(user.id)", "--gid", "\(user.group)"]
        } else {
            arguments += ["--cap-drop", "ALL"] + Self.capabilities.flatMap { ["--cap-add", $0] }
        }
        // A session of its own gives a process group to signal; the kernel ends the sandbox with the node agent.
        arguments += ["--new-session", "--die-with-parent", "--chdir", workingDirectory]
        for name in hiddenVariables { arguments += ["--unsetenv", name] }
        arguments += ["--"] + program
        switch root {
        case .host: return [bubblewrap] + arguments
        case .image(let lower, let writable):
            // The overlay lives in a mount namespace that ends with the sandbox. Every argument stays an argument.
            let script = "mount -t overlay overlay -o \"$1\" \"$2\" && shift 2 && exec \"$@\""
            let options = "lowerdir=\(lower),upperdir=\(writable)/upper,workdir=\(writable)/work"
            return [unshare, "--mount", "--propagation", "private", "sh", "-c", script, "sh", options]
                + ["\(writable)/root", bubblewrap] + arguments
        }
    }

    /// The folders that the image's writable layer needs.
    package static func writableFolders(_ writable: String) -> [String] {
        ["root", "upper", "work"].map { "\(writable)/\($0)" }
    }
}
