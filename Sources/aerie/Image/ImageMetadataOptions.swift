import ArgumentParser
import ImageRegistry

/// What an image says about itself and how it runs.
struct ImageMetadataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A label, which is an annotation of the manifest as well. May be repeated.", valueName: "name=value"))
    var label: [NameValue] = []

    @Option(help: ArgumentHelp("An annotation of the manifest. May be repeated.", valueName: "name=value"))
    var annotation: [NameValue] = []

    @Option(help: ArgumentHelp("An environment variable. May be repeated.", valueName: "name=value"))
    var env: [NameValue] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The program, then its fixed arguments; default: the base's.", valueName: "word"))
    var entrypoint: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Default arguments, one by one; default: the base's.", valueName: "word"))
    var cmd: [String] = []

    @Option(help: ArgumentHelp("Whom it runs as; default: the base's.", valueName: "uid[:gid]"))
    var user: String?

    @Option(help: ArgumentHelp("Where it runs; default: the base's.", valueName: "path"))
    var workdir: String?

    @Option(
        help: ArgumentHelp(
            "The time that the image carries, in RFC 3339; a fixed one keeps the digest the same.", valueName: "time"))
    var created = "1970-01-01T00:00:00Z"

    func metadata(for content: ImageContentOptions) -> ImageMetadata {
        var metadata = ImageMetadata()
        metadata.created = created
        metadata.labels = [String: String](label)
        metadata.annotations = [String: String](label + annotation)
        if let name = content.name, content.model != nil {
            metadata.environment = ["MODEL_NAME": name, "MODEL_BASE_PATH": "/models"]
            metadata.annotations["org.opencontainers.image.title"] = name
            metadata.annotations["org.opencontainers.image.version"] = String(content.modelVersion)
        }
        metadata.environment.merge([String: String](env)) { _, new in new }
        if !entrypoint.isEmpty { metadata.entrypoint = entrypoint }
        if !cmd.isEmpty { metadata.command = cmd }
        metadata.user = user
        metadata.workingDirectory = workdir
        return metadata
    }
}
