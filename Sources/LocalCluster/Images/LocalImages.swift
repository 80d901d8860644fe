import HTTPTransport
import ImageRegistry

/// The images of a local cluster: first the table of local programs, then registries.
package struct LocalImages: ImageProvider {
    private let programs: LocalPrograms
    private let store: ImageStore

    package init(table: ImageTable, state: StateDirectory) throws {
        programs = LocalPrograms(table: table)
        store = ImageStore(directory: state.images, transport: try AsyncHTTPTransport())
    }

    package func image(named name: String) async throws -> RunnableImage {
        if let image = try await programs.image(named: name) { return image }
        do {
            let reference = try ImageReference(parsing: name)
            return RunnableImage(try await store.rootfs(of: reference))
        } catch {
            throw ImageUnavailable("\(error); the table of local images does not have it either")
        }
    }
}

extension RunnableImage {
    /// An image from a registry.
    init(_ image: UnpackedImage) {
        let configuration = image.configuration
        var environment: [String: String] = [:]
        for variable in configuration.environment {
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            environment[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        if environment["PATH"] == nil {
            environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        }
        self.init(
            files: .unpacked(rootFileSystem: image.rootfs), entrypoint: configuration.entrypoint,
            arguments: configuration.command, environment: environment,
            workingDirectory: configuration.workingDirectory.isEmpty ? "/" : configuration.workingDirectory,
            user: configuration.user, identifier: "\(image.reference)")
    }
}
