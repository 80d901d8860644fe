import FoundationEssentials

/// A model on disk in TensorFlow Serving's layout: `<base>/<name>/<version>/saved_model.pb`.
package struct ModelDirectory: Hashable, Sendable {
    package let name: String
    /// The folder of each version.
    package let versions: [Int64: String]

    package init(name: String, versions: [Int64: String]) {
        self.name = name
        self.versions = versions
    }

    /// Looks for a model.
    ///
    /// - Parameters:
    ///   - basePath: the folder of all models.
    ///   - name: the model; may be left out where there is only one.
    /// - Returns: all versions that are there.
    /// - Throws: ``StartupError`` `badConfiguration` when there is no such model or it has no version, `badModel` when
    ///   a version has no `saved_model.pb`.
    package static func find(
        in basePath: String, name: String?
    ) throws(StartupError) -> ModelDirectory {
        let models = try folders(in: basePath)
        guard let name = name ?? (models.count == 1 ? models.first : nil) else {
            throw StartupError(
                .badConfiguration,
                models.isEmpty
                    ? "there is no model under \(basePath)"
                    : "choose a model with --model-name; \(basePath) has \(models.joined(separator: ", "))")
        }
        guard models.contains(name) else {
            let others = models.isEmpty ? "no model" : models.joined(separator: ", ")
            throw StartupError(
                .badConfiguration, "there is no model \"\(name)\" under \(basePath), which has \(others)")
        }
        let path = "\(basePath)/\(name)"
        var versions: [Int64: String] = [:]
        // Folders that are not numbers are no versions; `001` is version 1.
        for folder in try folders(in: path) {
            guard folder.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let version = Int64(folder) else { continue }
            if let other = versions[version] {
                throw StartupError(.badConfiguration, "\(path)/\(folder) and \(other) are the same version")
            }
            versions[version] = "\(path)/\(folder)"
        }
        guard !versions.isEmpty else {
            throw StartupError(
                .badConfiguration, "\(path) has no version; a SavedModel belongs into a folder with a number for a name"
            )
        }
        for path in versions.values.sorted() where !FileManager.default.fileExists(atPath: "\(path)/saved_model.pb") {
            throw StartupError(.badModel, "\(path) has no saved_model.pb")
        }
        return ModelDirectory(name: name, versions: versions)
    }

    /// The highest versions; all where `count` is 0.
    package func latest(_ count: Int) -> ModelDirectory {
        guard count > 0 else { return self }
        let kept = Set(versions.keys.sorted(by: >).prefix(count))
        return ModelDirectory(name: name, versions: versions.filter { kept.contains($0.key) })
    }

    private static func folders(in path: String) throws(StartupError) -> [String] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw StartupError(.badConfiguration, "cannot read the folder \(path)")
        }
        return names.sorted().filter { name in
            var isDirectory = false
            return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isDirectory) && isDirectory
        }
    }
}
