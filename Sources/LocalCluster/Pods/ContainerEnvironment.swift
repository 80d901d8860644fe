import KubernetesAPI

/// A container's variables, composed from its manifest, the image and the objects that it refers to.
package struct ContainerEnvironment: Hashable, Sendable {
    /// Why a container cannot be created yet: the kubelet's `CreateContainerConfigError`.
    package struct Missing: Error, Hashable, CustomStringConvertible {
        package var description: String

        package init(description: String) { self.description = description }
    }

    /// The ConfigMaps and Secrets of the pod's namespace that the manifest names.
    package struct Objects: Hashable, Sendable {
        package var configMaps: [String: [String: String]]
        package var secrets: [String: [String: String]]

        package init(configMaps: [String: [String: String]] = [:], secrets: [String: [String: String]] = [:]) {
            self.configMaps = configMaps
            self.secrets = secrets
        }
    }

    /// Which ConfigMaps and Secrets must be fetched first.
    package static func references(of container: ContainerManifest) -> (configMaps: Set<String>, secrets: Set<String>) {
        let variables = (container.env ?? []).compactMap(\.valueFrom)
        let sources = container.envFrom ?? []
        return (
            Set(variables.compactMap(\.configMapKeyRef?.name) + sources.compactMap(\.configMapRef?.name)),
            Set(variables.compactMap(\.secretKeyRef?.name) + sources.compactMap(\.secretRef?.name))
        )
    }

    package private(set) var variables: [String: String]

    /// Later sources win: the image, then the cluster's own variables, then `envFrom`, then `env`.
    package init(
        of container: ContainerManifest, image: [String: String], cluster: [String: String], facts: PodFacts,
        objects: Objects
    ) throws(Missing) {
        variables = image.merging(cluster) { _, new in new }
        for source in container.envFrom ?? [] {
            let found: [String: String]
            if let reference = source.configMapRef {
                found = try Self.object(
                    "ConfigMap", reference.name, objects.configMaps, optional: reference.optional)
            } else if let reference = source.secretRef {
                found = try Self.object("Secret", reference.name, objects.secrets, optional: reference.optional)
            } else {
                continue
            }
            for (key, value) in found { variables["\(source.prefix ?? "")\(key)"] = value }
        }
        for variable in container.env ?? [] {
            if let source = variable.valueFrom {
                guard let value = try Self.value(source, container, facts, objects) else { continue }
                variables[variable.name] = value
            } else {
                variables[variable.name] = VariableExpansion.expand(variable.value ?? "", variables)
            }
        }
    }

    private static func value(
        _ source: EnvironmentVariable.Source, _ container: ContainerManifest, _ facts: PodFacts, _ objects: Objects
    ) throws(Missing) -> String? {
        if let reference = source.fieldRef {
            guard let value = facts.field(reference.fieldPath) else {
                throw Missing(description: "the field \(reference.fieldPath) is not known")
            }
            return value
        }
        if let reference = source.resourceFieldRef {
            guard let value = facts.resource(reference, of: container) else {
                throw Missing(description: "the resource field \(reference.resource) cannot be computed")
            }
            return value
        }
        if let reference = source.configMapKeyRef {
            return try key("ConfigMap", reference, objects.configMaps)
        }
        if let reference = source.secretKeyRef { return try key("Secret", reference, objects.secrets) }
        return nil
    }

    private static func key(
        _ kind: String, _ reference: EnvironmentVariable.KeyReference, _ objects: [String: [String: String]]
    ) throws(Missing) -> String? {
        let found = try object(kind, reference.name, objects, optional: reference.optional)
        if let value = found[reference.key] { return value }
        guard reference.optional == true else {
            throw Missing(description: "couldn't find key \(reference.key) in \(kind) \"\(reference.name ?? "")\"")
        }
        return nil
    }

    private static func object(
        _ kind: String, _ name: String?, _ objects: [String: [String: String]], optional: Bool?
    ) throws(Missing) -> [String: String] {
        if let name, let found = objects[name] { return found }
        guard optional == true else { throw Missing(description: "\(kind) \"\(name ?? "")\" not found") }
        return [:]
    }

    /// Program and arguments: the manifest's `command` replaces the image's entrypoint together with its arguments,
    /// `args` only the arguments.
    package func program(
        of container: ContainerManifest, entrypoint: [String], arguments: [String]
    ) -> [String] {
        let expand = { (texts: [String]) in texts.map { VariableExpansion.expand($0, variables) } }
        if let command = container.command, !command.isEmpty {
            return expand(command) + expand(container.args ?? [])
        }
        return entrypoint + (container.args.map { $0.isEmpty ? arguments : expand($0) } ?? arguments)
    }
}
