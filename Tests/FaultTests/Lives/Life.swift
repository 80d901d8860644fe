import FoundationEssentials
import KubernetesAPI
import TestCluster

/// A story that an object goes through from its creation to rest, and that leads to the same end every time.
struct Life: Sendable, CustomStringConvertible {
    /// A sentence without verb, for tables.
    let description: String
    /// What people apply, in a namespace.
    var manifest: @Sendable (String) -> Manifest
    /// What becomes of the pods.
    var script: Kubelet.Script
    /// Further arguments of its controller.
    var arguments: [String] = []
    /// Kinds of other projects that it deals with.
    var foreignKinds: [Resource] = []
    /// Whether the object is deleted in the end, and with it all that it had.
    var leavesNothing = false
    /// What people do besides, each step as soon as the controller has seen the one before.
    var people: @Sendable (OperatorCluster, String) async throws -> Void = { _, _ in }

    /// Those that `AERIE_FAULT_LIFE` names in part, or all.
    static let all = ([experiment] + tfJobs + queuedTFJobs).filter { life in
        ProcessInfo.processInfo.environment["AERIE_FAULT_LIFE"].map { life.description.contains($0) } ?? true
    }
}
