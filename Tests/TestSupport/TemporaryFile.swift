import FoundationEssentials

/// A file that lives as long as this value.
public final class TemporaryFile: Sendable {
    public let path: String

    public init(_ text: String = "") throws {
        path = FileManager.default.temporaryDirectory.appending(path: "aerie-test-\(UUID().uuidString)").path
        try write(text)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }
}
