import ArgumentParser
import ImageRegistry
import KubernetesAPI

/// Builds an image and stores it: `aerie image build`.
struct ImageBuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Put a model, or a root file system, into an image and push it.",
        discussion: """
            With --model the SavedModel becomes one layer under /models/<name>/<model-version>, on top of the base; with \
            --root a folder becomes the root of a new image. The same files, base and options always give the same digest.

              aerie image build --base registry.example.com/aerie-serving:1 --model export/saved_model \\
                --name landsat --push registry.example.com/models/landsat:1
              aerie image build --root rootfs --entrypoint /usr/bin/aerie-serving --push localhost:5000/aerie-serving:1

            Prints the image by digest. In a pod, the termination message is a JSON object with `image` and `digest`.
            """)

    @OptionGroup(title: "Content") var content: ImageContentOptions
    @OptionGroup(title: "Metadata") var metadata: ImageMetadataOptions
    @OptionGroup(title: "Registry") var registry: RegistryOptions

    @Option(help: ArgumentHelp("Where the image goes; without a tag it is tagged latest.", valueName: "reference"))
    var push: String?

    @Option(help: ArgumentHelp("Write the image into a folder in the OCI layout instead.", valueName: "folder"))
    var ociLayout: String?

    @Option(help: "Under which tag it is listed in the OCI layout.")
    var tag = "latest"

    @Option(help: "How to print the result: text or json.")
    var output = ImageOutputFormat.text

    @Option(
        help: ArgumentHelp(
            "The file for the termination message. Default: /dev/termination-log, if there is one.", valueName: "file"))
    var terminationLog: String?

    func validate() throws {
        guard (push == nil) != (ociLayout == nil) else { throw ValidationError("give one of --push and --oci-layout") }
    }

    func run() async throws {
        try await ImageExitCode.reporting { () async throws(ImageError) in
            let client = try await registry.client()
            let target = try ImageTarget(push: push, layout: ociLayout, tag: tag)
            var base: (reference: ImageReference, image: ResolvedImage)?
            if let text = content.base {
                let reference = try ImageReference(parsing: text)
                let image = try await client.resolve(reference)
                base = (reference.pinned(to: image.digest), image)
                StandardStream.error.print("base \(reference.pinned(to: image.digest))")
            }
            let builder = ImageBuilder(base: base?.image, metadata: metadata.metadata(for: content))
            let layer = try await content.layer().blob(name: "layer")
            let product = try builder.build(layer: layer, createdBy: content.description)
            try await ImageTransfer(to: target.destination(client), report: Self.report)
                .store(blobs: product.blobs, manifest: product.manifest, tag: target.tag)
            let result = ImageBuildResult(
                image: target.name(of: product.digest), digest: product.digest, base: base?.reference.description)
            print(output == .json ? result.json.description : result.image)
            try result.writeTerminationMessage(to: terminationLog)
        }
    }

    private static func report(_ progress: ImageTransfer.Progress) {
        switch progress {
        case .storing(let name, let bytes):
            if bytes >= 16 << 20 { StandardStream.error.print("\(name), \(bytes) bytes …") }
        case .stored(let name, let bytes, let outcome):
            let how =
                switch outcome {
                case .present: "was there already"
                case .mounted: "taken over from the base's repository"
                case .sent: "sent"
                }
            StandardStream.error.print("\(name), \(bytes) bytes: \(how)")
        }
    }
}
