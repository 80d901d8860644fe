public import KubernetesAPI

/// A search for the best model: what is varied, what is measured, what is trained, and what becomes of the winner.
public struct TrainingExperiment: KubernetesObject, Hashable {
    public static let resource = AerieGroup.resource("TrainingExperiment", "trainingexperiments")

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

extension TrainingExperiment {
    /// What the author asks for; the fields are described in the schema.
    public struct Spec: Codable, Hashable, Sendable {
        public var objective: Objective
        public var algorithm: Algorithm
        public var parameters: [Parameter]
        public var maxTrials: Int
        public var parallelTrials: Int
        public var maxFailedTrials: Int
        public var suspend: Bool
        public var dataset: DatasetSource
        public var checkpoints: CheckpointStore
        public var trial: TrialTemplate
        public var selection: Selection
        public var promotion: PromotionTemplate?

        public static let defaultParallelTrials = 1
        public static let defaultMaxFailedTrials = 3

        public init(
            objective: Objective, algorithm: Algorithm = Algorithm(), parameters: [Parameter], maxTrials: Int,
            parallelTrials: Int = defaultParallelTrials, maxFailedTrials: Int = defaultMaxFailedTrials,
            suspend: Bool = false, dataset: DatasetSource, checkpoints: CheckpointStore, trial: TrialTemplate,
            selection: Selection = Selection(), promotion: PromotionTemplate? = nil
        ) {
            self.objective = objective
            self.algorithm = algorithm
            self.parameters = parameters
            self.maxTrials = maxTrials
            self.parallelTrials = parallelTrials
            self.maxFailedTrials = maxFailedTrials
            self.suspend = suspend
            self.dataset = dataset
            self.checkpoints = checkpoints
            self.trial = trial
            self.selection = selection
            self.promotion = promotion
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            objective = try container.decode(Objective.self, forKey: .objective)
            algorithm = try container.decode(.algorithm, default: Algorithm())
            parameters = try container.decode(.parameters, default: [])
            maxTrials = try container.decode(Int.self, forKey: .maxTrials)
            parallelTrials = try container.decode(.parallelTrials, default: Self.defaultParallelTrials)
            maxFailedTrials = try container.decode(.maxFailedTrials, default: Self.defaultMaxFailedTrials)
            suspend = try container.decode(.suspend, default: false)
            dataset = try container.decode(DatasetSource.self, forKey: .dataset)
            checkpoints = try container.decode(CheckpointStore.self, forKey: .checkpoints)
            trial = try container.decode(TrialTemplate.self, forKey: .trial)
            selection = try container.decode(.selection, default: Selection())
            promotion = try container.decodeIfPresent(PromotionTemplate.self, forKey: .promotion)
        }
    }
}
