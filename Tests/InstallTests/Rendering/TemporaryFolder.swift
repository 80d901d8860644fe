import FoundationEssentials

/// A folder with a kustomization, as a team keeps one for itself; removed with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init(kustomization: String) throws {
        let folder = URL(filePath: "/tmp/aerie-kustomization-\(UUID().uuidString)")
        path = folder.path()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        try Data(kustomization.utf8).write(to: folder.appending(path: "kustomization.yaml"))
    }

    deinit {
        // What is left of a test in /tmp does no harm.
        try? FileManager.default.removeItem(atPath: path)
    }
}
