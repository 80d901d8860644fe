import ArgumentParser
import BuildInformation
import FoundationEssentials
import KubernetesAPI
import KubernetesClient

/// Writes what a person who helps needs to see into one file.
struct SupportBundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle", abstract: "Collect status, events, logs and versions into one file.",
        discussion: """
            Secrets and config maps are not read. Values of environment variables and annotations are left out unless \
            they are known to be harmless, and what looks like a password, key or token is taken out of everything \
            else; look through the file before you pass it on all the same. What your account may not read is listed \
            in MISSING.txt and stops nothing.
            """)

    @Option(help: "A kubeconfig; by default $KUBECONFIG, else ~/.kube/config.")
    var kubeconfig: String?

    @Option(help: "The context of the kubeconfig; by default its current one.")
    var context: String?

    @Option(
        name: [.customShort("n"), .customLong("namespace")],
        help: "A namespace with experiments or jobs; may be given several times. By default the context's.")
    var namespaces: [String] = []

    @Flag(name: [.customShort("A"), .long], help: "All namespaces.")
    var allNamespaces = false

    @Option(help: "Where the controller runs.")
    var systemNamespace = "aerie-system"

    @Option(help: "Lines from the end of each log.")
    var logLines = 2000

    @Option(help: "MiB that everything together may have before it is compressed.")
    var maxSize = 32

    @Option(name: [.short, .long], help: "The file to write; by default aerie-support-<time>.tar.gz here.")
    var output: String?

    func validate() throws {
        guard (1...1024).contains(maxSize) else { throw ValidationError("--max-size must be 1…1024, got \(maxSize)") }
        guard logLines >= 0 else { throw ValidationError("--log-lines must not be negative, got \(logLines)") }
        guard !allNamespaces || namespaces.isEmpty else {
            throw ValidationError("--all-namespaces and --namespace exclude each other")
        }
    }

    func run() async throws {
        let configuration = try ClientConfiguration.find(
            kubeconfig: kubeconfig, context: context, environment: ProcessInfo.processInfo.environment)
        let client = try KubernetesClient(configuration)
        let version = try await client.version()
        let time = Self.time(Date())
        var bundle = SupportBundle(limit: maxSize << 20)
        let chosen = await chosenNamespaces(client, configuration.namespace, &bundle)
        bundle.add(
            "about.yaml",
            """
            aerie: \(BuildInformation.version)
            kubernetes: \(version.gitVersion)
            time: \(time)
            systemNamespace: \(systemNamespace)
            namespaces: [\(chosen.joined(separator: ", "))]

            """)
        let scope = BundleCollector.Scope(systemNamespace: systemNamespace, namespaces: chosen, logLines: logLines)
        await BundleCollector(client: client, scope: scope).collect(into: &bundle)

        let name = "aerie-support-\(time.filter { $0.isNumber || $0 == "T" || $0 == "Z" })"
        let path = output ?? "\(name).tar.gz"
        let bytes = try bundle.archive(folder: name)
        try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        StandardStream.output.print("\(path): \(bundle.files.count) files, \(bytes.count) bytes")
        for gap in bundle.gaps { StandardStream.error.print("missing: \(gap)") }
    }

    private func chosenNamespaces(
        _ client: KubernetesClient, _ current: String, _ bundle: inout SupportBundle
    ) async -> [String] {
        guard allNamespaces else { return namespaces.isEmpty ? [current] : namespaces }
        let resource = Resource(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)
        do {
            return try await client.list(resource).compactMap { $0["metadata"]?["name"]?.stringValue }
        } catch {
            bundle.missing("namespaces", because: "\(error)")
            return [current]
        }
    }

    private static func time(_ date: Date) -> String {
        MicroTime(microseconds: Int64(date.timeIntervalSince1970 * 1_000_000)).time.description
    }
}
