import KubernetesAPI

/// The restricted profile of Kubernetes' pod security standards, which the test server is too old to enforce.
///
/// - SeeAlso: "Pod Security Standards" in the Kubernetes documentation.
enum RestrictedProfile {
    /// What of a pod's spec the profile refuses, one sentence each.
    static func violations(of spec: JSONValue) -> [String] {
        var found: [String] = []
        for name in ["hostNetwork", "hostPID", "hostIPC"] where spec[name] == true { found.append(name) }
        for volume in spec["volumes"]?.arrayValue ?? [] {
            let sources = Set(volume.objectValue.map { Array($0.keys) } ?? []).subtracting(["name"])
            if !sources.isSubset(of: allowedVolumes) { found.append("volume of \(sources.sorted())") }
        }
        let pod = spec["securityContext"] ?? [:]
        for key in ["initContainers", "containers", "ephemeralContainers"] {
            for container in spec[key]?.arrayValue ?? [] {
                found += violations(of: container, pod).map { "\(container["name"]?.stringValue ?? "?"): \($0)" }
            }
        }
        return found
    }

    private static func violations(of container: JSONValue, _ pod: JSONValue) -> [String] {
        let own = container["securityContext"] ?? [:]
        func effective(_ name: String) -> JSONValue? { own[name] ?? pod[name] }
        var found: [String] = []
        if own["privileged"] == true { found.append("privileged") }
        if own["allowPrivilegeEscalation"] != false { found.append("allowPrivilegeEscalation is not false") }
        if effective("runAsNonRoot") != true { found.append("runAsNonRoot is not true") }
        if effective("runAsUser")?.intValue == 0 { found.append("runAsUser is 0") }
        if !["RuntimeDefault", "Localhost"].contains(effective("seccompProfile")?["type"]?.stringValue ?? "") {
            found.append("seccompProfile is not RuntimeDefault")
        }
        let capabilities = own["capabilities"]
        if capabilities?["drop"]?.arrayValue?.contains("ALL") != true { found.append("capabilities are not dropped") }
        let added = capabilities?["add"]?.arrayValue ?? []
        if !added.allSatisfy({ $0 == "NET_BIND_SERVICE" }) { found.append("capabilities are added") }
        for port in container["ports"]?.arrayValue ?? [] where (port["hostPort"]?.intValue ?? 0) != 0 {
            found.append("hostPort")
        }
        if let mount = own["procMount"]?.stringValue, mount != "Default" { found.append("procMount") }
        return found
    }

    private static let allowedVolumes: Set<String> = [
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
    ]
}
