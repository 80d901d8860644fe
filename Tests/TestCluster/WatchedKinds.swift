import AerieAPI
package import KubernetesAPI

/// What the operator reads.
package enum WatchedKinds {
    package static let all = [
        TFJob.resource, TrainingExperiment.resource, Trial.resource, ModelPromotion.resource,
        AcceleratorProfile.resource, Pod.resource, Service.resource, Job.resource, Deployment.resource,
    ]
}
