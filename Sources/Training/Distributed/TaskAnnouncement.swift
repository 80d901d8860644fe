import AerieAPI
import KubernetesAPI

/// What a task says of itself once it is ready, so that tasks that do not fit together never train.
struct TaskAnnouncement: Codable, Hashable {
    /// TensorFlow's version.
    var tensorFlow: String
    /// Of the trainer's configuration with its parameters.
    var parametersDigest: String
    /// What a task has that computes shares of the batches.
    var data: Data?

    struct Data: Codable, Hashable {
        var digest: String
        /// The training records on the task's machine.
        var file: String
    }

    /// Refuses a task that was started for another training than the lead.
    func check(_ task: ClusterTask, fits lead: TaskAnnouncement) throws(TrainingError) {
        guard tensorFlow == lead.tensorFlow else {
            throw TrainingError(
                .badConfiguration, "\(task) runs TensorFlow \(tensorFlow), the lead \(lead.tensorFlow): use one image")
        }
        guard parametersDigest == lead.parametersDigest else {
            throw TrainingError(
                .badConfiguration, "\(task) has another configuration than the lead: give all replicas the same")
        }
        if let data, let expected = lead.data, data.digest != expected.digest {
            throw TrainingError(
                .badData, "\(task) has a dataset with digest \(data.digest), the lead's has \(expected.digest)")
        }
    }
}
