import FoundationEssentials
import KubernetesAPI

/// One verb on one resource, as roles grant it and as the API server's audit log tells of its use.
struct Right: Hashable, Sendable, CustomStringConvertible {
    var verb: String
    /// With its group and subresource: `tfjobs.kubeflow.org/status`.
    var resource: String

    var description: String { "\(verb) \(resource)" }

    /// Everything that the controller's roles grant.
    static func granted(by rendering: Rendering) -> Set<Right> {
        var rights: Set<Right> = []
        for role in rendering.all("ClusterRole") + rendering.all("Role") {
            guard role["metadata"]?["name"]?.stringValue?.hasPrefix("aerie-controller") == true else { continue }
            for rule in role["rules"]?.arrayValue ?? [] {
                for group in words(rule, "apiGroups") {
                    for resource in words(rule, "resources") {
                        for verb in words(rule, "verbs") {
                            rights.insert(Right(verb: verb, resource: name(resource, group)))
                        }
                    }
                }
            }
        }
        return rights
    }

    /// What an audit log tells of: the rights that were used, and requests that were refused for the lack of one.
    static func used(auditLog path: String) throws -> (allowed: Set<Right>, refused: Set<Right>) {
        var allowed: Set<Right> = []
        var refused: Set<Right> = []
        for line in try Data(contentsOf: URL(filePath: path)).split(separator: 0x0A) {
            // The last line may be in the making.
            guard let entry = try? JSONValue(parsing: Array(line)), let object = entry["objectRef"] else { continue }
            let resource = [object["resource"], object["subresource"]].compactMap { $0?.stringValue }
            let right = Right(
                verb: entry["verb"]?.stringValue ?? "",
                resource: name(resource.joined(separator: "/"), object["apiGroup"]?.stringValue ?? ""))
            let isAllowed = entry["annotations"]?["authorization.k8s.io/decision"] == "allow"
            if isAllowed { allowed.insert(right) } else { refused.insert(right) }
        }
        return (allowed, refused)
    }

    private static func words(_ rule: JSONValue, _ key: String) -> [String] {
        (rule[key]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    private static func name(_ resource: String, _ group: String) -> String {
        let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
        let plural = group.isEmpty ? parts[0] : "\(parts[0]).\(group)"
        return ([plural] + parts.dropFirst()).joined(separator: "/")
    }
}
