/// Which tasks compute the steps of a training together, and where its variables live.
struct StepLayout: Hashable {
    /// A task that computes a share of every batch.
    struct Trainer: Hashable {
        /// TensorFlow's name of the task's processor.
        var device: String
        /// The task's own copy of the training records.
        var file: String
    }

    /// Where sessions connect to.
    var target: String
    /// The one that drives the training, evaluates and saves comes first.
    var trainers: [Trainer]
    /// Devices that hold the variables; when there are none, every trainer holds all of them.
    var parameterServers: [String]
    /// Milliseconds that one call of TensorFlow may take.
    var operationTimeout: Int
}
