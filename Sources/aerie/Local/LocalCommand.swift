import ArgumentParser

/// `aerie local …`: a real Kubernetes on this machine.
struct LocalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local",
        abstract: "Run a real Kubernetes control plane and a node on this machine.",
        discussion: """
            etcd, kube-apiserver, kube-controller-manager and kube-scheduler run on loopback; a node agent runs pods as \
            sandboxed processes. Everything is kept in one folder, so a cluster that was stopped or killed goes on where \
            it was.
            """,
        subcommands: [LocalUp.self, LocalDown.self, LocalStatus.self])
}
