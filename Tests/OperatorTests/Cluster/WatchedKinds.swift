import AerieAPI
import KubernetesAPI

/// What the operator reads.
enum WatchedKinds {
    static let all = [
        TFJob.resource, TrainingExperiment.resource, Trial.resource, ModelPromotion.resource,
        AcceleratorProfile.resource, Pod.resource, Service.resource, Job.resource, Deployment.resource,
    ]
}
