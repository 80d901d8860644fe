import ArgumentParser
import ImageRegistry

/// Fetches an image: `aerie image pull`.
struct ImagePullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch an image, verified: unpacked, or as an OCI layout.",
        discussion: "Prints the image by digest. A folder that is there already is left alone.")

    @Argument(help: "The image.")
    var reference: String

    @Option(help: ArgumentHelp("The folder that becomes the image's root; it must not exist.", valueName: "folder"))
    var to: String?

    @Option(help: ArgumentHelp("Keep it packed, in a folder in the OCI layout.", valueName: "folder"))
    var ociLayout: String?

    @OptionGroup(title: "Registry") var registry: RegistryOptions

    func validate() throws {
        guard (to == nil) != (ociLayout == nil) else { throw ValidationError("give one of --to and --oci-layout") }
    }

    func run() async throws {
        try await ImageExitCode.reporting { () async throws(ImageError) in
            let reference = try ImageReference(parsing: reference)
            let image = try await registry.client().resolve(reference)
            if let to { try await image.unpack(asNew: to) }
            if let ociLayout {
                try await ImageTransfer(to: OCILayout(directory: ociLayout)).copy(image, tag: reference.tag)
            }
            print(reference.pinned(to: image.digest))
        }
    }
}
