public import KubernetesAPI

/// What becomes of an experiment's best checkpoint.
public struct PromotionTemplate: Codable, Hashable, Sendable {
    public enum Policy: String, Codable, Hashable, Sendable, CaseIterable {
        /// Once, when the experiment has succeeded.
        case onCompletion = "OnCompletion"
        /// Each time a trial has brought a better checkpoint.
        case onImprovement = "OnImprovement"
        case never = "Never"
    }

    public var policy: Policy
    public var gates: [Gate]
    public var image: ImageTarget
    /// The image with the `aerie` program, which builds and pushes.
    public var builderImage: String
    /// A secret of type `kubernetes.io/dockerconfigjson`, mounted into the promotion's pod.
    public var pushSecretName: String?
    /// Merged into the promotion's pod.
    @KeptAsText public var podTemplate: JSONValue?
    /// `nil`: the image is built and pushed, but not run.
    public var serving: ServingTemplate?

    public init(
        policy: Policy = .onCompletion, gates: [Gate] = [], image: ImageTarget, builderImage: String,
        pushSecretName: String? = nil, podTemplate: JSONValue? = nil, serving: ServingTemplate? = nil
    ) {
        self.policy = policy
        self.gates = gates
        self.image = image
        self.builderImage = builderImage
        self.pushSecretName = pushSecretName
        self.podTemplate = podTemplate
        self.serving = serving
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        policy = try container.decode(.policy, default: .onCompletion)
        gates = try container.decode(.gates, default: [])
        image = try container.decode(ImageTarget.self, forKey: .image)
        builderImage = try container.decode(String.self, forKey: .builderImage)
        pushSecretName = try container.decodeIfPresent(String.self, forKey: .pushSecretName)
        podTemplate = try container.decodeIfPresent(JSONValue.self, forKey: .podTemplate)
        serving = try container.decodeIfPresent(ServingTemplate.self, forKey: .serving)
    }
}

/// The image that is built: `base` with one more layer, pushed to `repository`.
public struct ImageTarget: Codable, Hashable, Sendable {
    public var repository: String
    public var base: String

    public init(repository: String, base: String) {
        self.repository = repository
        self.base = base
    }
}

/// How the promoted image is run.
public struct ServingTemplate: Codable, Hashable, Sendable {
    /// Of the deployment and the service; `nil`: the experiment's name.
    public var name: String?
    public var replicas: Int
    /// Merged into the serving pods.
    @KeptAsText public var podTemplate: JSONValue?

    public init(name: String? = nil, replicas: Int = 1, podTemplate: JSONValue? = nil) {
        self.name = name
        self.replicas = replicas
        self.podTemplate = podTemplate
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        replicas = try container.decode(.replicas, default: 1)
        podTemplate = try container.decodeIfPresent(JSONValue.self, forKey: .podTemplate)
    }
}
