public import KubernetesAPI

/// One assignment of an experiment's parameters: it owns one TFJob, and its status holds what came out.
public struct Trial: KubernetesObject, Hashable {
    public static let resource = AerieGroup.resource("Trial", "trials")

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?

    public init(metadata: ObjectMeta, spec: Spec, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    public var statusDocument: JSONValue? { status.flatMap { try? JSONValue(encoding: $0) } }
}

extension Trial {
    /// Everything that the trial's pod needs to know, so that nothing else has to be read.
    public struct Spec: Codable, Hashable, Sendable {
        /// The experiment's name.
        public var experiment: String
        public var number: Int
        public var parameters: [String: JSONValue]
        public var objective: Objective
        public var dataset: DatasetSource
        /// The uri is the trial's own folder.
        public var checkpoints: CheckpointStore
        public var template: TrialTemplate
        /// Set by the experiment when the trial's result is no longer needed.
        public var stop: Bool

        public init(
            experiment: String, number: Int, parameters: [String: JSONValue], objective: Objective,
            dataset: DatasetSource, checkpoints: CheckpointStore, template: TrialTemplate, stop: Bool = false
        ) {
            self.experiment = experiment
            self.number = number
            self.parameters = parameters
            self.objective = objective
            self.dataset = dataset
            self.checkpoints = checkpoints
            self.template = template
            self.stop = stop
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            experiment = try container.decode(String.self, forKey: .experiment)
            number = try container.decode(Int.self, forKey: .number)
            parameters = try container.decode(.parameters, default: [:])
            objective = try container.decode(Objective.self, forKey: .objective)
            dataset = try container.decode(DatasetSource.self, forKey: .dataset)
            checkpoints = try container.decode(CheckpointStore.self, forKey: .checkpoints)
            template = try container.decode(TrialTemplate.self, forKey: .template)
            stop = try container.decode(.stop, default: false)
        }
    }
}
