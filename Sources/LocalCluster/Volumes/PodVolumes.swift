import KubernetesAPI
import KubernetesClient

/// The volumes of one pod: makes them, keeps their content fresh, says what to mount where.
package struct PodVolumes: Sendable {
    /// A volume that is in place.
    struct Prepared: Hashable {
        var path: String
        var isReadOnly: Bool
    }

    let pod: PodManifest
    let facts: PodFacts
    /// The pod's own folder.
    let folder: String
    let objects: ClusterObjects
    let tokens: TokenCache

    /// Puts every volume in place.
    ///
    /// Throws ``VolumeUnavailable`` when something that a volume refers to is not there (yet).
    func prepare() async throws -> [String: Prepared] {
        var prepared: [String: Prepared] = [:]
        for volume in pod.spec.volumes ?? [] {
            do {
                prepared[volume.name] = try await prepare(volume)
            } catch let error as KubernetesError where error.reason == .unreachable {
                throw error
            } catch {
                throw VolumeUnavailable("MountVolume.SetUp failed for volume \"\(volume.name)\": \(error)")
            }
        }
        return prepared
    }

    /// Whether any volume's content can change while the pod runs.
    var changes: Bool {
        (pod.spec.volumes ?? []).contains {
            $0.configMap != nil || $0.secret != nil || $0.projected != nil || $0.downwardAPI != nil
        }
    }

    private func prepare(_ volume: VolumeManifest) async throws -> Prepared {
        let own = "\(folder)/volumes/\(volume.name)"
        if volume.emptyDir != nil {
            // Stays when the node agent is started again.
            try Files.createFolder(own, mode: 0o777)
            return Prepared(path: own, isReadOnly: false)
        }
        if let source = volume.hostPath {
            try HostPathCheck.prepare(path: source.path, type: source.type)
            guard Files.exists(source.path) else { throw VolumeUnavailable("\(source.path) does not exist") }
            return Prepared(path: source.path, isReadOnly: false)
        }
        if let source = volume.persistentVolumeClaim {
            let path = try await objects.path(ofClaim: source.claimName, namespace: pod.metadata.namespace)
            return Prepared(path: path, isReadOnly: source.readOnly ?? false)
        }
        var files = ProjectedFiles()
        if let source = volume.configMap {
            try await add(source, kind: .configMaps, defaultMode: source.defaultMode, to: &files)
        } else if let source = volume.secret {
            let same = VolumeManifest.ConfigMap(
                name: source.secretName, items: source.items, defaultMode: source.defaultMode,
                optional: source.optional)
            try await add(same, kind: .secrets, defaultMode: source.defaultMode, to: &files)
        } else if let source = volume.downwardAPI {
            try files.add(source, facts: facts, containers: pod.spec.containers, defaultMode: source.defaultMode)
        } else if let source = volume.projected {
            for part in source.sources ?? [] {
                try await add(part, of: volume.name, defaultMode: source.defaultMode, to: &files)
            }
        } else {
            throw VolumeUnavailable("this kind of volume is not supported by the local node")
        }
        try files.write(to: own)
        return Prepared(path: own, isReadOnly: true)
    }

    private func add(
        _ source: VolumeManifest.ProjectedSource, of volume: String, defaultMode: Int?, to files: inout ProjectedFiles
    ) async throws {
        if let configMap = source.configMap {
            try await add(configMap, kind: .configMaps, defaultMode: defaultMode, to: &files)
        }
        if let secret = source.secret {
            try await add(secret, kind: .secrets, defaultMode: defaultMode, to: &files)
        }
        if let downward = source.downwardAPI {
            try files.add(downward, facts: facts, containers: pod.spec.containers, defaultMode: defaultMode)
        }
        if let token = source.serviceAccountToken {
            let fresh = try await tokens.token(for: token) { () async throws(KubernetesError) in
                try await objects.token(for: pod, token)
            }
            try files.add(token.path, Array(fresh.utf8), mode: defaultMode ?? 0o644)
        }
    }

    private func add(
        _ source: VolumeManifest.ConfigMap, kind: Resource, defaultMode: Int?, to files: inout ProjectedFiles
    ) async throws {
        let name = source.name ?? ""
        let object = try await objects.object(kind, namespace: pod.metadata.namespace, name: name)
        let description = "\(kind.kind.lowercased()) \"\(name)\""
        guard let object else {
            if source.optional == true { return }
            throw VolumeUnavailable("\(description) not found")
        }
        let content =
            kind == .secrets ? ProjectedFiles.content(secret: object) : ProjectedFiles.content(configMap: object)
        try files.add(
            content, of: description, items: source.items, defaultMode: defaultMode,
            isOptional: source.optional ?? false)
    }
}

extension PodVolumes {
    /// What a container mounts; sub-paths that do not exist are made as folders.
    ///
    /// Throws ``VolumeUnavailable`` for a mount that names no volume, or a sub-path that leaves its volume.
    static func mounts(
        of container: ContainerManifest, volumes: [String: Prepared], variables: [String: String]
    ) throws -> [Sandbox.Mount] {
        try (container.volumeMounts ?? []).map { mount in
            guard let volume = volumes[mount.name] else {
                throw VolumeUnavailable("volume \"\(mount.name)\" of container \"\(container.name)\" is not defined")
            }
            var source = volume.path
            let subPath = mount.subPathExpr.map { VariableExpansion.expand($0, variables) } ?? mount.subPath ?? ""
            if !subPath.isEmpty {
                guard !subPath.hasPrefix("/"), !subPath.split(separator: "/").contains("..") else {
                    throw VolumeUnavailable("the subPath \"\(subPath)\" does not lie in volume \"\(mount.name)\"")
                }
                source += "/\(subPath)"
                if !Files.exists(source) { try Files.createFolder(source) }
            }
            return Sandbox.Mount(
                source: source, target: mount.mountPath, isReadOnly: volume.isReadOnly || mount.readOnly == true)
        }
    }
}
