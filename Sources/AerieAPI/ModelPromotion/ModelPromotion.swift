public import KubernetesAPI

/// One chosen checkpoint on its way to users: gates, SavedModel, image, rollout.
///
/// It has no owner: it is the record behind a live model and outlives the experiment, so its spec is a snapshot of all
/// that led to the model.
public struct ModelPromotion: KubernetesObject, Hashable {
    public static let resource = AerieGroup.resource("ModelPromotion", "modelpromotions")

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

extension ModelPromotion {
    /// Where the checkpoint came from, at the time it was chosen.
    public struct Source: Codable, Hashable, Sendable {
        /// The experiment's name.
        public var experiment: String
        public var experimentUID: String
        /// The trial's name.
        public var trial: String
        public var parameters: [String: JSONValue]
        public var metrics: Metrics
        public var datasetURI: String
        public var datasetDigest: String?

        public init(
            experiment: String, experimentUID: String, trial: String, parameters: [String: JSONValue],
            metrics: Metrics, datasetURI: String, datasetDigest: String? = nil
        ) {
            self.experiment = experiment
            self.experimentUID = experimentUID
            self.trial = trial
            self.parameters = parameters
            self.metrics = metrics
            self.datasetURI = datasetURI
            self.datasetDigest = datasetDigest
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            experiment = try container.decode(String.self, forKey: .experiment)
            experimentUID = try container.decode(.experimentUID, default: "")
            trial = try container.decode(String.self, forKey: .trial)
            parameters = try container.decode(.parameters, default: [:])
            metrics = try container.decode(.metrics, default: Metrics())
            datasetURI = try container.decode(.datasetURI, default: "")
            datasetDigest = try container.decodeIfPresent(String.self, forKey: .datasetDigest)
        }
    }

    /// What is promoted, under which conditions, and to where.
    public struct Spec: Codable, Hashable, Sendable {
        public var source: Source
        public var checkpoint: BestCheckpoint.Checkpoint
        /// The objective's metric and its value at the checkpoint.
        public var metric: String
        public var value: Double
        public var gates: [Gate]
        /// The name under which the model is served.
        public var modelName: String
        /// The image with the `aerie-trainer` program, which exports.
        public var trainerImage: String
        public var builderImage: String
        public var image: ImageTarget
        public var pushSecretName: String?
        @KeptAsText public var podTemplate: JSONValue?
        public var serving: ServingTemplate?

        public init(
            source: Source, checkpoint: BestCheckpoint.Checkpoint, metric: String, value: Double, gates: [Gate] = [],
            modelName: String, trainerImage: String, builderImage: String, image: ImageTarget,
            pushSecretName: String? = nil, podTemplate: JSONValue? = nil, serving: ServingTemplate? = nil
        ) {
            self.source = source
            self.checkpoint = checkpoint
            self.metric = metric
            self.value = value
            self.gates = gates
            self.modelName = modelName
            self.trainerImage = trainerImage
            self.builderImage = builderImage
            self.image = image
            self.pushSecretName = pushSecretName
            self.podTemplate = podTemplate
            self.serving = serving
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            source = try container.decode(Source.self, forKey: .source)
            checkpoint = try container.decode(BestCheckpoint.Checkpoint.self, forKey: .checkpoint)
            metric = try container.decode(String.self, forKey: .metric)
            value = try container.decode(Double.self, forKey: .value)
            gates = try container.decode(.gates, default: [])
            modelName = try container.decode(String.self, forKey: .modelName)
            trainerImage = try container.decode(String.self, forKey: .trainerImage)
            builderImage = try container.decode(String.self, forKey: .builderImage)
            image = try container.decode(ImageTarget.self, forKey: .image)
            pushSecretName = try container.decodeIfPresent(String.self, forKey: .pushSecretName)
            podTemplate = try container.decodeIfPresent(JSONValue.self, forKey: .podTemplate)
            serving = try container.decodeIfPresent(ServingTemplate.self, forKey: .serving)
        }

        /// The name of the deployment and the service that run the model.
        public var servingName: String { serving?.name ?? modelName }

        /// What the gates look at: all that the trial reported, with the objective's value at this very checkpoint.
        public var gateMetrics: Metrics {
            var metrics = source.metrics
            metrics[metric] = value
            return metrics
        }
    }
}
