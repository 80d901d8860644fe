import KubernetesAPI

/// Merges a user's pod template into one of ours.
///
/// Objects are merged field by field, the user's fields win and null removes one. Lists whose elements have a key are
/// merged by it: containers field by field, other elements as a whole, since the two sources of a volume or the value
/// and the origin of a variable exclude each other. Tolerations and the like are appended. Every other list is replaced.
enum PodTemplateMerge {
    static func merge(_ base: JSONValue, with overlay: JSONValue?) -> JSONValue {
        guard let overlay else { return base }
        return merged(base, overlay, field: "")
    }

    /// The elements of `lists` by key; of equal keys the later one wins, at the place of the first.
    static func byKey(_ key: String, _ lists: [JSONValue]..., merge: (JSONValue, JSONValue) -> JSONValue) -> [JSONValue]
    {
        var result: [JSONValue] = []
        // A template of a megabyte has a hundred thousand variables: each is looked for once.
        var places: [JSONValue: Int] = [:]
        for element in lists.joined() {
            guard let name = element[key] else {
                result.append(element)
                continue
            }
            if let index = places[name] {
                result[index] = merge(result[index], element)
            } else {
                places[name] = result.count
                result.append(element)
            }
        }
        return result
    }

    private static func merged(_ base: JSONValue, _ overlay: JSONValue, field: String) -> JSONValue {
        switch (base, overlay) {
        case (.object(let members), .object(let changes)):
            var result = members
            for (name, change) in changes {
                result[name] = change.isNull ? nil : members[name].map { merged($0, change, field: name) } ?? change
            }
            return .object(result)
        case (.array(let elements), .array(let changes)):
            return .array(merged(elements, changes, field: field))
        default:
            return overlay
        }
    }

    private static func merged(_ elements: [JSONValue], _ changes: [JSONValue], field: String) -> [JSONValue] {
        switch field {
        case "containers", "initContainers": byKey("name", elements, changes) { merged($0, $1, field: "") }
        case "env", "volumes", "imagePullSecrets": byKey("name", elements, changes) { $1 }
        case "volumeMounts": byKey("mountPath", elements, changes) { $1 }
        case "ports": byKey("containerPort", elements, changes) { $1 }
        case "tolerations", "envFrom", "hostAliases", "topologySpreadConstraints":
            elements + changes.filter { !elements.contains($0) }
        default: changes
        }
    }
}
