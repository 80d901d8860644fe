import KubernetesAPI

/// Takes out what might be a secret, before anything is written.
///
/// Objects keep their shape: a value that is taken out leaves ``mark`` in its place. What is kept of environments and
/// annotations is a list of what is known to be harmless, not a list of what is known to be secret.
struct Redaction {
    static let mark = "<redacted>"

    func document(_ value: JSONValue) -> JSONValue {
        var copy = value
        copy["metadata"]?["managedFields"] = nil
        return tree(copy)
    }

    private func annotations(_ annotations: JSONObject) -> [String: JSONValue] {
        var kept: [String: JSONValue] = [:]
        for (name, value) in annotations {
            // The whole object once more, with everything in it.
            if name == "kubectl.kubernetes.io/last-applied-configuration" { continue }
            let domain = name.split(separator: "/").first ?? ""
            let isKnown = ["aerie.dev", "kubernetes.io", "k8s.io", "kubeflow.org"].contains {
                domain == $0 || domain.hasSuffix(".\($0)")
            }
            kept[name] = isKnown ? value : .string(Self.mark)
        }
        return kept
    }

    private func tree(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text):
            return .string(self.text(text))
        case .array(let elements):
            return .array(arguments(elements.map(tree)))
        case .object(var members):
            // Pod templates have metadata of their own.
            if let annotations = members["metadata"]?["annotations"]?.objectValue {
                members["metadata"]?["annotations"] = .object(self.annotations(annotations))
            }
            return .object(Dictionary(uniqueKeysWithValues: members.map { ($0.key, member($0.key, $0.value)) }))
        default:
            return value
        }
    }

    private func member(_ name: String, _ value: JSONValue) -> JSONValue {
        if name == "env", let variables = value.arrayValue { return .array(variables.map(variable)) }
        if case .string = value, Self.isSecret(name) { return .string(Self.mark) }
        return tree(value)
    }

    private func variable(_ variable: JSONValue) -> JSONValue {
        guard variable["value"] != nil, let name = variable["name"]?.stringValue else { return tree(variable) }
        var copy = variable
        let isKnown =
            name.hasPrefix("AERIE_") || ["TF_CONFIG", "MALLOC_ARENA_MAX", "TF_CPP_MIN_LOG_LEVEL"].contains(name)
        copy["value"] = isKnown && !Self.isSecret(name) ? tree(variable["value"] ?? .null) : .string(Self.mark)
        return copy
    }

    /// `--password x` as two arguments.
    private func arguments(_ elements: [JSONValue]) -> [JSONValue] {
        var result = elements
        for (index, element) in elements.enumerated().dropLast() {
            guard let text = element.stringValue, text.hasPrefix("-"), !text.contains("="), Self.isSecret(text) else {
                continue
            }
            result[index + 1] = .string(Self.mark)
        }
        return result
    }

    /// Whether what stands under this name is a secret itself, and not the name of one.
    static func isSecret(_ name: String) -> Bool {
        let word = name.lowercased().filter { $0.isLetter || $0.isNumber }
        return [
            "password", "passwd", "token", "apikey", "accesskey", "secretkey", "secret", "credential", "credentials",
            "privatekey", "accountkey", "connectionstring",
        ].contains { word.hasSuffix($0) }
    }
}
