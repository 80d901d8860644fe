import ArgumentParser
import FoundationEssentials
import KubernetesClient
import Logging

/// Which cluster a command speaks to, and in which namespace; the same options as `kubectl` has.
struct ClusterOptions: ParsableArguments {
    @Option(help: "A kubeconfig; by default $KUBECONFIG, else ~/.kube/config.")
    var kubeconfig: String?

    @Option(help: "The context of the kubeconfig; by default its current one.")
    var context: String?

    @Option(name: [.short, .long], help: "The namespace; by default the context's.")
    var namespace: String?

    /// A client for the chosen cluster, and the namespace that is meant.
    func connect() throws -> (client: KubernetesClient, namespace: String) {
        let configuration = try ClientConfiguration.find(
            kubeconfig: kubeconfig, context: context, environment: ProcessInfo.processInfo.environment)
        let logger = Logger(label: "aerie") { StreamLogHandler.standardError(label: $0) }
        for warning in configuration.warnings { logger.warning("\(warning)") }
        return (try KubernetesClient(configuration), namespace ?? configuration.namespace)
    }
}
