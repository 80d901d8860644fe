import ArgumentParser
import FoundationEssentials
import HTTPTransport
import ImageRegistry

/// How to reach registries.
struct RegistryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Docker's config.json with credentials, or the folder that it is in. Default: $DOCKER_CONFIG, ~/.docker.",
            valueName: "path"))
    var registryConfig: String?

    @Flag(help: "Speak http, not https, also to registries on other machines.")
    var plainHttp = false

    @Option(
        help: ArgumentHelp(
            "Certificates in PEM form to trust instead of the system's.", valueName: "file"))
    var registryCa: String?

    /// - Throws: ``ImageError/Code/configuration`` for files that cannot be used.
    func client() async throws(ImageError) -> RegistryClient {
        let credentials = try await RegistryCredentials.load(
            from: registryConfig, environment: ProcessInfo.processInfo.environment)
        let usesPlainHTTP = plainHttp
        return RegistryClient(
            transport: try transport(), credentials: credentials, plainHTTP: { _ in usesPlainHTTP })
    }

    private func transport() throws(ImageError) -> AsyncHTTPTransport {
        var tls = TLSOptions()
        do {
            if let registryCa { tls.trustRoots = .pem(Array(try Data(contentsOf: URL(filePath: registryCa)))) }
            // Some registries take minutes to put a large layer into place before they answer.
            return try AsyncHTTPTransport(tls: tls, maximumIdleTime: .seconds(300))
        } catch {
            throw ImageError(.configuration, "--registry-ca: \(error)")
        }
    }
}

/// How a command prints its result.
enum ImageOutputFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}
