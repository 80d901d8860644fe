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
        let undeclared = JSONValue((parts[0] == "limits" ? allocatable[parts[1]] : nil) ?? "0")
        guard let amount = Quantity(declared?[parts[1]] ?? undeclared),
            let unit = Quantity(reference.divisor ?? "1"), let one = Quantity("1")
        else { return nil }
        // A divisor of nothing is the default.
        return (amount.count(of: unit) ?? amount.count(of: one)).map(String.init)
    }

    private static func key(_ path: String, of map: String) -> String? {
        guard path.hasPrefix("\(map)['"), path.hasSuffix("']") else { return nil }
        return String(path.dropFirst(map.count + 2).dropLast(2))
    }

    /// One line a pair, sorted, values quoted and escaped, as the downward API writes files.
    private static func lines(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\(JSONValue.string($0.value))\n" }.joined()
    }
}
