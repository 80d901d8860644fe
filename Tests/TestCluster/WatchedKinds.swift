import AerieAPI
package import KubernetesAPI

/// What the operator reads.
package enum WatchedKinds {
    package static let all = defined + [Pod.resource, Service.resource, Job.resource, Deployment.resource]

    /// Of these the kinds that we define.
    package static let defined = AerieCRDs.all.map(\.resource)
}
