import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster

/// What people wait for, and what they do, in the life of a TFJob.
extension OperatorCluster {
    func waitUntilAllAreReady(in namespace: String) async throws {
        try await wait(for: TFJob.self, namespace, Life.name, "it runs") {
            $0.status?.isTrue(.allReplicasReady) == true
        }
    }

    /// Waits until everything of the suspended job is gone: what is still there when it is resumed may rightly stay.
    func waitUntilSuspended(in namespace: String) async throws {
        try await wait(for: TFJob.self, namespace, Life.name, "it is suspended") {
            $0.status?.isTrue(.suspended) == true
        }
        try await waitForNone(Pod.resource, in: namespace)
        try await waitForNone(Service.resource, in: namespace)
    }

    /// Changes the job's spec by a merge patch.
    func change(_ spec: JSONValue, in namespace: String) async throws {
        try await admin.patch(Reference(TFJob.resource, namespace: namespace, name: Life.name), ["spec": spec])
    }
}
