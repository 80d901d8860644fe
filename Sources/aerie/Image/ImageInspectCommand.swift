import ArgumentParser
import ImageRegistry
import KubernetesAPI

/// Shows an image: `aerie image inspect`.
struct ImageInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what an image in a registry is and where it came from.")

    @Argument(help: "The image.")
    var reference: String

    @Option(help: "How to print it: text or json.")
    var output = ImageOutputFormat.text

    @OptionGroup(title: "Registry") var registry: RegistryOptions

    func run() async throws {
        try await ImageExitCode.reporting { () async throws(ImageError) in
            let reference = try ImageReference(parsing: reference)
            let image = try await registry.client().resolve(reference)
            switch output {
            case .text: print(Self.text(image, reference.pinned(to: image.digest)))
            case .json: print(try Self.json(image, reference.pinned(to: image.digest)))
            }
        }
    }

    private static func json(_ image: ResolvedImage, _ reference: ImageReference) throws(ImageError) -> JSONValue {
        [
            "image": .string(reference.description), "digest": .string(image.digest.description),
            "manifest": try image.document.json(), "config": image.configuration.document,
        ]
    }

    private static func text(_ image: ResolvedImage, _ reference: ImageReference) -> String {
        let configuration = image.configuration
        var rows: [(String, String)] = [
            ("image", reference.description), ("platform", configuration.platform.description),
            ("created", configuration.created ?? ""),
            ("entrypoint", configuration.entrypoint.joined(separator: " ")),
            ("command", configuration.command.joined(separator: " ")), ("user", configuration.user),
            ("working directory", configuration.workingDirectory),
        ]
        rows += configuration.environment.map { ("environment", $0) }
        rows += configuration.labels.sorted { $0.key < $1.key }.map { ("label", "\($0.key)=\($0.value)") }
        rows += (image.manifest.annotations ?? [:]).sorted { $0.key < $1.key }.map {
            ("annotation", "\($0.key)=\($0.value)")
        }
        rows += image.manifest.layers.map { ("layer", "\($0.digest) \($0.size) bytes") }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.filter { !$0.1.isEmpty }.map { name, value in
            name + String(repeating: " ", count: width + 2 - name.count) + value
        }.joined(separator: "\n")
    }
}
