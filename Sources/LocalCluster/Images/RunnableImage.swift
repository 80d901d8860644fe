/// An image that is ready to run on this machine.
package struct RunnableImage: Hashable, Sendable {
    package enum Files: Hashable, Sendable {
        /// A program of this machine with the host's system folders; `paths` are bound besides.
        case host(paths: [String])
        /// An unpacked and verified image.
        case unpacked(rootFileSystem: String)
    }

    package var files: Files
    package var entrypoint: [String]
    package var arguments: [String]
    package var environment: [String: String]
    package var workingDirectory: String
    /// As in the image's configuration: a number, `number:number`, a name, or empty.
    package var user: String
    /// What goes into the container's status: names the content by digest.
    package var identifier: String

    package init(
        files: Files, entrypoint: [String], arguments: [String] = [], environment: [String: String] = [:],
        workingDirectory: String = "/", user: String = "", identifier: String
    ) {
        self.files = files
        self.entrypoint = entrypoint
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.identifier = identifier
    }
}

/// Finds the images that containers name.
package protocol ImageProvider: Sendable {
    /// The image, pulled if need be.
    ///
    /// - Throws: ``ImageUnavailable``.
    func image(named name: String) async throws -> RunnableImage
}

/// Why an image cannot be run: the message of `ErrImagePull`.
package struct ImageUnavailable: Error, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
