import KubernetesAPI

/// Fields of a pod template that Kubernetes does not have where they are written, such as `resouces`.
///
/// Pod templates are open, because newer clusters have newer fields, so that the API server drops what it does not know
/// without a word. People learn of it here.
struct UnknownPodFields {
    /// In the order of the document's containers, then of the fields' names.
    private(set) var findings: [FieldError] = []

    /// - Parameter path: Of the template.
    init(in template: JSONValue, at path: String) {
        check(template, Self.template, path)
        let spec = template["spec"]
        check(spec, Self.pod, "\(path).spec")
        for list in ["initContainers", "containers"] {
            for (index, container) in (spec?[list]?.arrayValue ?? []).enumerated() {
                let place = "\(path).spec.\(list)[\(index)]"
                check(container, Self.container, place)
                check(container["resources"], Self.resources, "\(place).resources")
                for (name, fields) in Self.elements {
                    for (number, element) in (container[name]?.arrayValue ?? []).enumerated() {
                        check(element, fields, "\(place).\(name)[\(number)]")
                    }
                }
            }
        }
    }

    private mutating func check(_ value: JSONValue?, _ known: Set<String>, _ path: String) {
        for name in (value?.objectValue ?? [:]).keys.sorted() where !known.contains(name) {
            // Those are put right, and told with that.
            if known == Self.container, MisplacedPodFields.names.contains(name) { continue }
            let limit = name.count < 5 ? 1 : 2
            let meant = known.map { ($0.editDistance(to: name), $0) }.filter { $0.0 <= limit }.min { $0 < $1 }
            findings.append(
                FieldError(
                    "\(path).\(name)",
                    "is unknown to Kubernetes 1.34; API servers that do not know it drop it"
                        + (meant.map { ", did you mean \($0.1)?" } ?? "")))
        }
    }

    private static let template: Set<String> = ["metadata", "spec", "apiVersion", "kind"]

    /// `PodSpec` as of Kubernetes 1.34.
    private static let pod: Set<String> = [
        "activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy",
        "enableServiceLinks", "ephemeralContainers", "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostUsers",
        "hostname", "hostnameOverride", "imagePullSecrets", "initContainers", "nodeName", "nodeSelector", "os",
        "overhead", "preemptionPolicy", "priority", "priorityClassName", "readinessGates", "resourceClaims",
        "resources", "restartPolicy", "runtimeClassName", "schedulerName", "schedulingGates", "securityContext",
        "serviceAccount", "serviceAccountName", "setHostnameAsFQDN", "shareProcessNamespace", "subdomain",
        "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "volumes", "workloadRef",
    ]

    /// `Container` as of Kubernetes 1.34.
    private static let container: Set<String> = [
        "args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports",
        "readinessProbe", "resizePolicy", "resources", "restartPolicy", "restartPolicyRules", "securityContext",
        "startupProbe", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty",
        "volumeDevices", "volumeMounts", "workingDir",
    ]

    private static let resources: Set<String> = ["limits", "requests", "claims"]

    private static let elements: KeyValuePairs<String, Set<String>> = [
        "env": ["name", "value", "valueFrom"], "envFrom": ["configMapRef", "prefix", "secretRef"],
        "ports": ["containerPort", "hostIP", "hostPort", "name", "protocol"],
        "volumeMounts": [
            "mountPath", "mountPropagation", "name", "readOnly", "recursiveReadOnly", "subPath", "subPathExpr",
        ],
    ]
}

extension String {
    /// How many characters must be put in, taken out or replaced, letters in either case being the same.
    fileprivate func editDistance(to other: String) -> Int {
        let (left, right) = (Array(lowercased()), Array(other.lowercased()))
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (place, candidate) in right.enumerated() {
                let changed = diagonal + (character == candidate ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = Swift.min(changed, row[place] + 1, row[place + 1] + 1)
            }
        }
        return row[right.count]
    }
}
