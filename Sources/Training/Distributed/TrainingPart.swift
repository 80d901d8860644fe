import KubernetesAPI

/// What this process is for in its job: what `TF_CONFIG` says.
public enum TrainingPart: Hashable, Sendable {
    /// The only trainer, which needs no cluster.
    case alone
    /// One of several tasks that train together.
    case member(ClusterTopology)
    /// Takes no part in the training, and evaluates the checkpoints that it leaves.
    case evaluator

    /// Throws ``TrainingError`` `badConfiguration` that says what in the job has to be changed.
    public init(configuration text: String?) throws(TrainingError) {
        self = .alone
        guard let text, !text.isEmpty else { return }
        let document: JSONValue
        do { document = try JSONValue(parsing: text) } catch { throw ClusterTopology.wrong("\(error)") }
        if document["task"]?["type"]?.stringValue == ClusterTopology.evaluatorType {
            self = .evaluator
        } else if let topology = try ClusterTopology(document) {
            self = .member(topology)
        }
    }
}
