import ArgumentParser
import ImageRegistry

/// What goes into an image.
struct ImageContentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The image to build upon; its tag is resolved to a digest first.", valueName: "reference"))
    var base: String?

    @Option(help: ArgumentHelp("A SavedModel.", valueName: "folder"))
    var model: String?

    @Option(help: "The name that the model is served under.")
    var name: String?

    @Option(help: ArgumentHelp("The model's version.", valueName: "number"))
    var modelVersion = 1

    @Option(help: ArgumentHelp("A root file system.", valueName: "folder"))
    var root: String?

    @Option(
        help: ArgumentHelp(
            "With --root: owner of a path and of all below it; root owns the rest. May be repeated.",
            valueName: "path=uid:gid"))
    var owner: [PathOwner] = []

    func validate() throws {
        guard (model == nil) != (root == nil) else { throw ValidationError("give one of --model and --root") }
        guard modelVersion > 0 else { throw ValidationError("--model-version must be at least 1, got \(modelVersion)") }
        guard let name else {
            guard model == nil else { throw ValidationError("--model needs --name, the name it is served under") }
            return
        }
        let isPlain = name.utf8.allSatisfy { byte in
            byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || byte >= 0x30 && byte <= 0x39)
                || "-_.".utf8.contains(byte)
        }
        guard isPlain, !name.isEmpty, !name.hasPrefix(".") else {
            throw ValidationError("--name '\(name)' must have letters, digits, '-', '_' and '.' only")
        }
    }

    /// Walks through the files, but reads none.
    func layer() async throws(ImageError) -> LayerArchive {
        if let model, let name { return try await .model(at: model, name: name, version: modelVersion) }
        let owners = owner.map { LayerArchive.Owner(path: $0.path, userID: $0.userID, groupID: $0.groupID) }
        return try await .fileSystem(at: root ?? "", owners: owners)
    }

    /// For the image's history.
    var description: String {
        if let name { return "aerie image build: model \(name), version \(modelVersion)" }
        return "aerie image build: root file system"
    }
}

/// An argument of the form `path=uid:gid`.
struct PathOwner: ExpressibleByArgument {
    let path: String
    let userID: Int
    let groupID: Int

    init?(argument: String) {
        guard let pair = NameValue(argument: argument) else { return nil }
        let ids = pair.value.split(separator: ":").compactMap { UInt32($0) }
        guard ids.count == 2 else { return nil }
        path = pair.name
        userID = Int(ids[0])
        groupID = Int(ids[1])
    }
}
