package import KubernetesAPI

/// What a pod may ask about itself: the downward API.
package struct PodFacts: Hashable, Sendable {
    package var metadata: ObjectMeta
    package var nodeName: String
    package var serviceAccountName: String
    package var hostIP: String
    package var podIP: String
    /// What a container without a limit may use.
    package var allocatable: [String: String]

    package init(
        metadata: ObjectMeta, nodeName: String, serviceAccountName: String = "default", hostIP: String, podIP: String,
        allocatable: [String: String] = [:]
    ) {
        self.metadata = metadata
        self.nodeName = nodeName
        self.serviceAccountName = serviceAccountName
        self.hostIP = hostIP
        self.podIP = podIP
        self.allocatable = allocatable
    }

    /// The value of a field path such as `metadata.labels['app']`; `nil` for a path that Kubernetes does not know.
    package func field(_ path: String) -> String? {
        switch path {
        case "metadata.name": metadata.name
        case "metadata.namespace": metadata.namespace
        case "metadata.uid": metadata.uid
        case "metadata.labels": Self.lines(metadata.labels)
        case "metadata.annotations": Self.lines(metadata.annotations)
        case "spec.nodeName": nodeName
        case "spec.serviceAccountName": serviceAccountName
        case "status.hostIP": hostIP
        case "status.podIP", "status.podIPs": podIP
        default:
            Self.key(path, of: "metadata.labels").map { metadata.labels[$0] ?? "" }
                ?? Self.key(path, of: "metadata.annotations").map { metadata.annotations[$0] ?? "" }
        }
    }

    /// A limit or request of a container in units of `divisor`, rounded up.
    ///
    /// A container without the limit may use what the node has. `nil` for quantities that cannot be read.
    package func resource(
        _ reference: EnvironmentVariable.ResourceFieldReference, of container: ContainerManifest
    ) -> String? {
        let parts = reference.resource.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        let declared = parts[0] == "limits" ? container.resources?.limits : container.resources?.requests
        let text = declared?[parts[1]].flatMap(Self.text) ?? (parts[0] == "limits" ? allocatable[parts[1]] : "0") ?? "0"
        let divisor = reference.divisor.flatMap(Self.text) ?? "1"
        guard let amount = ResourceAmount(text), let unit = ResourceAmount(divisor) else { return nil }
        return String(amount.divided(by: unit.thousandths == 0 ? ResourceAmount(thousandths: 1_000) : unit))
    }

    private static func text(_ value: JSONValue) -> String? { value.stringValue ?? value.intValue.map(String.init) }

    private static func key(_ path: String, of map: String) -> String? {
        guard path.hasPrefix("\(map)['"), path.hasSuffix("']") else { return nil }
        return String(path.dropFirst(map.count + 2).dropLast(2))
    }

    /// One line a pair, sorted, values quoted and escaped, as the downward API writes files.
    private static func lines(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\(JSONValue.string($0.value))\n" }.joined()
    }
}

/// A Kubernetes quantity in thousandths.
package struct ResourceAmount: Hashable, Sendable {
    package var thousandths: Int64

    package init(thousandths: Int64) { self.thousandths = thousandths }

    private static let suffixes: [(String, Double)] = [
        ("Ki", 1_024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776),
        ("Pi", 1_125_899_906_842_624), ("m", 0.001), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
        ("", 1),
    ]

    package init?(_ text: String) {
        guard let (suffix, factor) = Self.suffixes.first(where: { text.hasSuffix($0.0) }),
            let number = Double(text.dropLast(suffix.count)), number >= 0, number * factor < 9e15
        else { return nil }
        thousandths = Int64((number * factor * 1_000).rounded(.up))
    }

    /// How often `unit` fits, rounded up.
    package func divided(by unit: ResourceAmount) -> Int64 {
        (thousandths + unit.thousandths - 1) / unit.thousandths
    }
}
