public import KubernetesAPI

/// What every trial of an experiment runs.
public struct TrialTemplate: Codable, Hashable, Sendable {
    public static let defaultBackoffLimit = 3

    /// `nil`: no accelerator, the trial runs on the CPU.
    public var accelerator: AcceleratorRequest?
    public var trainer: Trainer
    /// How often a trial that ended for a reason outside its control is started again.
    public var backoffLimit: Int
    /// Seconds after which a trial is ended, its restarts included; `nil`: no limit.
    public var activeDeadlineSeconds: Int?
    /// Merged into the trainer's pod.
    @KeptAsText public var podTemplate: JSONValue?

    public init(
        accelerator: AcceleratorRequest? = nil, trainer: Trainer, backoffLimit: Int = defaultBackoffLimit,
        activeDeadlineSeconds: Int? = nil, podTemplate: JSONValue? = nil
    ) {
        self.accelerator = accelerator
        self.trainer = trainer
        self.backoffLimit = backoffLimit
        self.activeDeadlineSeconds = activeDeadlineSeconds
        self.podTemplate = podTemplate
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        accelerator = try container.decodeIfPresent(AcceleratorRequest.self, forKey: .accelerator)
        trainer = try container.decode(Trainer.self, forKey: .trainer)
        backoffLimit = try container.decode(.backoffLimit, default: Self.defaultBackoffLimit)
        activeDeadlineSeconds = try container.decodeIfPresent(Int.self, forKey: .activeDeadlineSeconds)
        podTemplate = try container.decodeIfPresent(JSONValue.self, forKey: .podTemplate)
    }
}

/// So many accelerators of a kind that the cluster's admin has described.
public struct AcceleratorRequest: Codable, Hashable, Sendable {
    /// The name of an `AcceleratorProfile`.
    public var profile: String
    public var count: Int

    public init(profile: String, count: Int = 1) {
        self.profile = profile
        self.count = count
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        profile = try container.decode(String.self, forKey: .profile)
        count = try container.decode(.count, default: 1)
    }
}

/// The program that trains, and its configuration.
///
/// The configuration is kept as it was written; ``configuration`` reads it.
public struct Trainer: Codable, Hashable, Sendable {
    public var image: String
    public var task: String?
    public var model: JSONValue?
    public var training: JSONValue?

    public init(image: String, task: String? = nil, model: JSONValue? = nil, training: JSONValue? = nil) {
        self.image = image
        self.task = task
        self.model = model
        self.training = training
    }

    /// What the pod is told: everything but the image.
    public var block: JSONValue {
        JSONValue(compacting: ["task": task.map(JSONValue.string), "model": model, "training": training])
    }

    public var configuration: TrainerConfiguration { TrainerConfiguration(block) }
}
