import ArgumentParser
import FoundationEssentials
import Glibc
import LocalCluster
import Logging
import ServiceLifecycle
import UnixSignals

/// `aerie local up`: the cluster in the foreground, or started in the background.
struct LocalUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start the cluster and run it until Ctrl-C.",
        discussion: """
            Images given by --image or --images stand for programs of this machine; every other image is pulled from \
            its registry. A second Ctrl-C stops everything at once.
            """)

    @OptionGroup var cluster: ClusterArguments

    @Option(help: "How many nvidia.com/gpu the node offers to the scheduler; they need not exist.")
    var gpus = 0

    @Option(help: "The API server's port; default: the one of the last start, or any that is free.")
    var port: Int?

    @Option(help: "An image name and the program that runs for it: name=program. May be repeated.")
    var image: [String] = []

    @Option(help: "A JSON file with such images: {\"images\": {\"name\": {\"program\": \"/path\"}}}.")
    var images: String?

    @Flag(help: "Return as soon as the cluster is ready; it goes on in the background.")
    var detach = false

    @Flag(help: "Log what the node agent does.")
    var verbose = false

    func validate() throws {
        guard (0...1_024).contains(gpus) else { throw ValidationError("--gpus must be between 0 and 1024") }
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port must be between 1 and 65535") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let state = cluster.stateDirectory(environment: environment)
        if detach {
            try await DetachedCluster(state: state).start(arguments: Array(CommandLine.arguments.dropFirst()))
            print("export KUBECONFIG=\(state.kubeconfig)")
            return
        }
        // Writing to a container or client that has gone is an error to handle, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        var table = ImageTable()
        if let images { try table.add(file: ClusterArguments.absolute(images)) }
        for entry in image {
            try table.add(argument: entry, workingDirectory: FileManager.default.currentDirectoryPath)
        }
        let logger = commandLogger(isVerbose: verbose)
        let local = try LocalCluster(
            LocalCluster.Options(
                name: cluster.name, stateDirectory: state, gpus: gpus, apiPort: port, images: table),
            environment: environment, logger: logger)
        // At lower levels the group would log its services with everything that is in them.
        var groupLogger = logger
        groupLogger.logLevel = .warning
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: ForegroundCluster(cluster: local),
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: groupLogger))
        try await group.run()
    }
}

/// The cluster as a service that runs until it is asked to stop.
struct ForegroundCluster: Service {
    let cluster: LocalCluster

    func run() async throws {
        let start = ContinuousClock.now
        print("aerie local: starting cluster \"\(cluster.options.name)\" in \(cluster.state)")
        try await cluster.run(
            progress: { name in
                let elapsed = (ContinuousClock.now - start) / .seconds(1)
                print("  \((elapsed * 10).rounded() / 10) s  \(name)")
                fflush(nil)
            },
            body: { _ in
                print("ready; stop with Ctrl-C or `aerie local down`\nexport KUBECONFIG=\(cluster.state.kubeconfig)")
                fflush(nil)
                try await gracefulShutdown()
            })
    }
}
