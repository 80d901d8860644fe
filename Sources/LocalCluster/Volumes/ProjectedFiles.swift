import FoundationEssentials
import Glibc
package import KubernetesAPI

/// The files of a volume whose content comes from API objects.
package struct ProjectedFiles: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        package var content: [UInt8]
        package var mode: Int

        package init(content: [UInt8], mode: Int) {
            self.content = content
            self.mode = mode
        }
    }

    /// Why the files cannot be made: a key is missing, or a path leaves the volume.
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package var description: String
    }

    /// By path below the volume.
    package private(set) var files: [String: File] = [:]

    package init() {}

    /// Adds one file.
    package mutating func add(_ path: String, _ content: [UInt8], mode: Int) throws(Problem) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(".."), !parts.contains(""), !parts.contains(".") else {
            throw Problem(description: "the path \"\(path)\" does not lie in the volume")
        }
        files[path] = File(content: content, mode: mode)
    }

    /// Adds the keys of a ConfigMap or Secret: all of them, or those of `items` under their paths.
    package mutating func add(
        _ object: [String: [UInt8]], of description: String, items: [VolumeManifest.KeyToPath]?, defaultMode: Int?,
        isOptional: Bool
    ) throws(Problem) {
        let mode = defaultMode ?? 0o644
        guard let items, !items.isEmpty else {
            for (key, content) in object { try add(key, content, mode: mode) }
            return
        }
        for item in items {
            if let content = object[item.key] {
                try add(item.path, content, mode: item.mode ?? mode)
            } else if !isOptional {
                throw Problem(description: "\(description) has no key \"\(item.key)\"")
            }
        }
    }

    /// Adds what the downward API knows.
    package mutating func add(
        _ source: VolumeManifest.DownwardAPI, facts: PodFacts, containers: [ContainerManifest], defaultMode: Int?
    ) throws(Problem) {
        for item in source.items ?? [] {
            let mode = item.mode ?? source.defaultMode ?? defaultMode ?? 0o644
            if let reference = item.fieldRef, let value = facts.field(reference.fieldPath) {
                try add(item.path, Array(value.utf8), mode: mode)
            } else if let reference = item.resourceFieldRef,
                let container = containers.first(where: { $0.name == reference.containerName }),
                let value = facts.resource(reference, of: container)
            {
                try add(item.path, Array(value.utf8), mode: mode)
            } else {
                throw Problem(description: "the downward API has nothing for \"\(item.path)\"")
            }
        }
    }

    /// The keys of a ConfigMap: text and binary data.
    package static func content(configMap: JSONValue) -> [String: [UInt8]] {
        var content = (configMap["data"]?.objectValue ?? [:]).compactMapValues { $0.stringValue.map { Array($0.utf8) } }
        content.merge(decoded(configMap["binaryData"])) { _, new in new }
        return content
    }

    /// The keys of a Secret.
    package static func content(secret: JSONValue) -> [String: [UInt8]] { decoded(secret["data"]) }

    private static func decoded(_ data: JSONValue?) -> [String: [UInt8]] {
        (data?.objectValue ?? [:]).compactMapValues { value in
            value.stringValue.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
        }
    }

    /// Brings the folder in line: each file is replaced in one step, files that no longer belong are deleted.
    func write(to folder: String) throws {
        try Files.createFolder(folder)
        for (path, file) in files {
            let target = "\(folder)/\(path)"
            if let slash = target.lastIndex(of: "/") { try Files.createFolder(String(target[..<slash])) }
            if let present = try? Files.read(target), present == file.content { continue }
            try Files.write(file.content, to: target, mode: mode_t(truncatingIfNeeded: file.mode) & 0o777)
        }
        for name in Files.list(folder) where !files.keys.contains(where: { $0 == name || $0.hasPrefix("\(name)/") }) {
            try Files.remove("\(folder)/\(name)")
        }
    }
}
