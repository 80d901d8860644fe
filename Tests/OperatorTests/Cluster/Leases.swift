import KubernetesAPI
import KubernetesClient
import TestCluster

extension OperatorCluster {
    /// Lets the controller's account keep a lease in a test's own namespace, so that others may lead elsewhere.
    func allowLeases(in namespace: String) async throws {
        guard let roles = Kinds.installed["Role"], let bindings = Kinds.installed["RoleBinding"] else { return }
        try await admin.create(
            Manifest(
                Reference(roles, namespace: namespace, name: "leases"),
                [
                    "rules": [
                        [
                            "apiGroups": ["coordination.k8s.io"], "resources": ["leases"],
                            "verbs": ["create", "get", "update"],
                        ]
                    ]
                ]))
        try await admin.create(
            Manifest(
                Reference(bindings, namespace: namespace, name: "leases"),
                [
                    "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "leases"],
                    "subjects": [
                        [
                            "kind": "ServiceAccount", "name": .string(Self.account),
                            "namespace": .string(Self.systemNamespace),
                        ]
                    ],
                ]))
    }

    /// Waits until the lease in a test's namespace is as it should be.
    @discardableResult
    func wait(
        forLeaseIn namespace: String, _ what: String, _ isSo: @Sendable (Lease.Spec) -> Bool
    ) async throws -> Lease {
        try await wait(for: Lease.self, namespace, "aerie-controller", what) { $0.spec.map(isSo) == true }
    }
}
