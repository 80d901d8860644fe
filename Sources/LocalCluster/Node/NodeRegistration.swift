import KubernetesAPI
import KubernetesClient
import Logging

/// Keeps the node known to the control plane: the Node object, its status, and the Lease that says it is alive.
struct NodeRegistration: Sendable {
    let node: NodeObject
    let client: KubernetesClient
    let now: @Sendable () -> MicroTime
    let logger: Logger

    /// Without a renewal for 40 s the control plane calls the node unreachable.
    private static let leaseDuration = 40
    private static let leaseNamespace = "kube-node-lease"

    /// Creates the Node, or brings an earlier one up to date, and writes its first status.
    func register() async throws {
        do throws(KubernetesError) {
            try await client.create(node.manifest)
        } catch {
            guard error.reason == .alreadyExists else { throw error }
            try await client.patch(node.reference, ["metadata": ["labels": JSONValue(node.labels)]])
        }
        try await writeStatus()
        try await renewLease()
    }

    /// Renews the lease every 10 s and the status every 5 min, until cancelled.
    func run() async {
        var round = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(10))
            round += 1
            do {
                try await renewLease()
                if round % 30 == 0 { try await writeStatus() }
            } catch is CancellationError {
                return
            } catch {
                logger.warning("cannot renew the node's lease", metadata: ["error": "\(error)"])
            }
        }
    }

    private func writeStatus() async throws {
        try await client.patchStatus(node.reference, ["status": node.status(now: now().time)])
    }

    private func renewLease() async throws {
        let reference = Reference(.leases, namespace: Self.leaseNamespace, name: node.name)
        let spec: JSONValue = [
            "holderIdentity": .string(node.name), "leaseDurationSeconds": JSONValue(Self.leaseDuration),
            "renewTime": .string("\(now())"),
        ]
        do throws(KubernetesError) {
            try await client.patch(reference, ["spec": spec])
        } catch {
            guard error.reason == .notFound else { throw error }
            try await client.create(Manifest(reference, ["spec": spec]))
        }
    }
}
