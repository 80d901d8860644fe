import KubernetesAPI

/// What every pod of ours has, so that it is admitted where the restricted pod security standard is enforced.
///
/// - SeeAlso: "Pod Security Standards" in the Kubernetes documentation.
enum RestrictedPod {
    /// The user that distroless images call `nonroot`.
    private static let user: JSONValue = 65532

    /// Fields of the pod's spec.
    ///
    /// The group owns mounted volumes, so that programs may write there.
    static let spec: [String: JSONValue] = [
        "automountServiceAccountToken": false, "enableServiceLinks": false,
        "securityContext": [
            "runAsNonRoot": true, "runAsUser": user, "runAsGroup": user, "fsGroup": user,
            "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": ["type": "RuntimeDefault"],
        ],
    ]

    /// The `securityContext` of each container.
    static let container: JSONValue = [
        "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]],
    ]

    /// A variable with a fixed value.
    static func variable(_ name: String, _ value: String) -> JSONValue {
        ["name": .string(name), "value": .string(value)]
    }

    /// A variable that the kubelet fills in from the pod itself.
    static func variable(_ name: String, field: String) -> JSONValue {
        ["name": .string(name), "valueFrom": ["fieldRef": ["fieldPath": .string(field)]]]
    }
}
