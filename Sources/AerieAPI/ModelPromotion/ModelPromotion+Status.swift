public import KubernetesAPI

extension ModelPromotion {
    /// How far the promotion is, in one word.
    public enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case pending = "Pending"
        /// The job exports the model and builds and pushes the image.
        case building = "Building"
        /// The deployment of the image is not yet available.
        case deploying = "Deploying"
        case ready = "Ready"
        /// A later promotion has taken over the deployment.
        case superseded = "Superseded"
        case failed = "Failed"
    }

    /// The image that was pushed.
    public struct Image: Codable, Hashable, Sendable {
        public var repository: String
        /// `sha256:` and 64 hexadecimal digits.
        public var digest: String

        public init(repository: String, digest: String) {
            self.repository = repository
            self.digest = digest
        }

        /// `repository@sha256:…`: always this very image.
        public var reference: String { "\(repository)@\(digest)" }
    }

    /// What is known about the promotion.
    public struct Status: Codable, Hashable, Sendable {
        public var observedGeneration: Int?
        public var state: State
        public var reason: String?
        public var conditions: [Condition]
        /// The uid of the promotion's job, once it was seen: a job that is gone is not created again.
        public var jobUID: String?
        public var image: Image?
        /// The checkpoint's value with four digits, for tables.
        public var displayValue: String?
        /// Where the model answers within the cluster.
        public var url: String?
        public var startTime: Time?
        public var completionTime: Time?

        public init(
            observedGeneration: Int? = nil, state: State = .pending, reason: String? = nil,
            conditions: [Condition] = [], jobUID: String? = nil, image: Image? = nil, url: String? = nil,
            startTime: Time? = nil, completionTime: Time? = nil
        ) {
            self.observedGeneration = observedGeneration
            self.state = state
            self.reason = reason
            self.conditions = conditions
            self.jobUID = jobUID
            self.image = image
            self.url = url
            self.startTime = startTime
            self.completionTime = completionTime
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            observedGeneration = try container.decodeIfPresent(Int.self, forKey: .observedGeneration)
            state = try container.decode(.state, default: .pending)
            reason = try container.decodeIfPresent(String.self, forKey: .reason)
            conditions = try container.decode(.conditions, default: [])
            jobUID = try container.decodeIfPresent(String.self, forKey: .jobUID)
            image = try container.decodeIfPresent(Image.self, forKey: .image)
            displayValue = try container.decodeIfPresent(String.self, forKey: .displayValue)
            url = try container.decodeIfPresent(String.self, forKey: .url)
            startTime = try container.decodeIfPresent(Time.self, forKey: .startTime)
            completionTime = try container.decodeIfPresent(Time.self, forKey: .completionTime)
        }
    }
}
