import AerieAPI
import Glibc
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport
import Testing

/// What can happen to the API server, to etcd and to the lease while an experiment runs.
///
/// Each case comes to the same end as the same experiment undisturbed, on the same control plane.
@Suite(.timeLimit(.minutes(15))) struct ServerFaultTests {
    @Test func `a dead API server, an etcd that stands still and a stolen lease delay an experiment and no more`()
        async throws
    {
        try await ServerProcesses.run { processes in
            let undisturbed = try await Disturbance(on: processes.cluster)
            // The new server belongs to this group; it must live for as long as it is needed.
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                let isDown = Gate()
                let isUnderWay = Gate()
                group.addTask {
                    try await eventually("it is time") { isUnderWay.isOpen ? true : nil }
                    // What was watched before is forgotten meanwhile: every watch has to begin anew.
                    try await processes.runAnotherAPIServer {
                        try await processes.compact()
                        isDown.open()
                    }
                }
                try await undisturbed.expectSameEnd { gate in
                    isUnderWay.open()
                    try await eventually("the API server is back") {
                        isDown.isOpen ? try? await processes.cluster.admin.raw("/readyz") : nil
                    }
                    gate.open()
                }
                try await undisturbed.expectSameEnd { gate in
                    try processes.signal(SIGSTOP, to: "etcd")
                    gate.open()
                    try await Task.sleep(for: .seconds(10))
                    try processes.signal(SIGCONT, to: "etcd")
                }
                try await undisturbed.expectSameEnd(controllers: 2, arguments: []) { gate in
                    try await steal(on: processes.cluster, gate)
                }
            }
        }
    }

    /// Takes the lease away from whoever holds it, twice.
    private func steal(on cluster: OperatorCluster, _ gate: Gate) async throws {
        let (namespace, name) = (OperatorCluster.systemNamespace, "aerie-controller")
        for theft in 0..<2 {
            try await cluster.wait(for: Lease.self, namespace, name, "a controller leads") { lease in
                lease.spec?.holderIdentity.map { !$0.isEmpty && !$0.hasPrefix("thief") } == true
            }
            try await cluster.admin.patch(
                Reference(Lease.resource, namespace: namespace, name: name),
                ["spec": ["holderIdentity": .string("thief-\(theft)")]])
        }
        // The leader learns of the theft when it renews the next time; others take over when the thief does not renew.
        gate.open()
    }
}
