import ArgumentParser
import ImageRegistry

/// The commands about images: `aerie image …`.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Build, inspect and pull container images without a container engine.",
        discussion: """
            Registries are always written out, as in registry.example.com/models/landsat:1. Those on this machine \
            (localhost, 127.0.0.1) are spoken to over http, all others over https.

            Exit codes: 0 done; 64 wrong usage; 65 damaged or invalid data, such as a wrong digest; 77 the registry refuses; \
            78 wrong configuration, or an image that does not exist; 128 a registry or a file system fails at the moment, \
            trying again may help.
            """,
        subcommands: [ImageBuildCommand.self, ImageInspectCommand.self, ImagePullCommand.self])
}

/// Exit codes of `aerie image`: up to 127 the same call cannot succeed, from 128 on it may.
enum ImageExitCode: Int32 {
    case usage = 64
    case badData = 65
    case denied = 77
    case badConfiguration = 78
    case temporaryFailure = 128

    init(_ error: ImageError) {
        self =
            switch error.code {
            case .invalidReference: .usage
            case .digestMismatch, .invalidContent, .unsupported: .badData
            case .denied: .denied
            case .configuration, .notFound: .badConfiguration
            case .unavailable, .fileSystem, .cancelled: .temporaryFailure
            }
    }

    /// Runs a command's work; an error becomes a line on standard error and its exit code.
    static func reporting(_ body: () async throws(ImageError) -> Void) async throws {
        do throws(ImageError) {
            try await body()
        } catch {
            StandardStream.error.print("error: \(error)")
            throw ExitCode(ImageExitCode(error).rawValue)
        }
    }
}
