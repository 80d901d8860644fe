public import KubernetesAPI

extension TrainingExperiment {
    /// A field that says what the trials have in common, and stays as it is once there are trials: results of before
    /// and after a change could not be compared, and numbers of trials would stand for other assignments.
    struct FixedField: Sendable {
        /// `spec.objective.metric`.
        var path: String
        /// Whether two specs agree.
        var isEqual: @Sendable (Spec, Spec) -> Bool

        static let message =
            "cannot change once trials were created, whose results could not be compared; make another experiment"

        static let all = [
            FixedField(path: "spec.objective.metric") { $0.objective.metric == $1.objective.metric },
            FixedField(path: "spec.objective.goal") { $0.objective.goal == $1.objective.goal },
            FixedField(path: "spec.algorithm") { $0.algorithm == $1.algorithm },
            FixedField(path: "spec.parameters") { $0.parameters == $1.parameters },
            FixedField(path: "spec.dataset") { $0.dataset == $1.dataset },
            FixedField(path: "spec.checkpoints.uri") { $0.checkpoints.uri == $1.checkpoints.uri },
        ]

        /// The same in the API server's language.
        var celEquality: String {
            // The goal and the algorithm have defaults, so that they are there in every stored object.
            "self.\(path) == oldSelf.\(path)"
        }
    }

    public func forbiddenChanges(since stored: TrainingExperiment) -> [FieldError] {
        guard let trials = stored.status?.trials, trials.created > 0 else { return [] }
        return FixedField.all.filter { !$0.isEqual(spec, stored.spec) }.map {
            FieldError($0.path, FixedField.message)
        }
    }
}
