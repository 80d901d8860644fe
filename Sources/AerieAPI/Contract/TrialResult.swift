import KubernetesAPI

/// How a trial ended: the container's termination message.
public struct TrialResult: Codable, Hashable, Sendable {
    /// The version of the contract it was written for.
    public var contract: Int
    public var trial: String
    public var trialUID: String
    /// CamelCase, see ``Reason``; a reader must accept ones it does not know.
    public var reason: String
    /// What went wrong, for people.
    public var message: String?
    /// The last step that was trained.
    public var step: Int?
    public var metrics: Metrics
    /// The best by the objective; `nil` when no evaluated checkpoint has a number for it.
    public var checkpoint: CheckpointReference?
    /// The kept ones, best first, as many as fit.
    public var checkpoints: [CheckpointReference]
    public var dataset: Dataset?

    public struct Dataset: Codable, Hashable, Sendable {
        public var digest: String
        public init(digest: String) { self.digest = digest }
    }

    /// Why a trial ended.
    public enum Reason: String, Sendable, CaseIterable {
        case completed = "Completed"
        /// The loss became NaN or infinite. With a checkpoint: the best from before that.
        case diverged = "Diverged"
        case interrupted = "Interrupted"
        case badUsage = "BadUsage"
        case badConfiguration = "BadConfiguration"
        case badData = "BadData"
        case trainingFailed = "TrainingFailed"
        case storageFailed = "StorageFailed"
        /// Another task of a distributed training was not there for too long.
        case peerUnavailable = "PeerUnavailable"
    }

    public init(
        trial: String, trialUID: String, reason: Reason, message: String? = nil, step: Int? = nil,
        metrics: Metrics = Metrics(), checkpoint: CheckpointReference? = nil, checkpoints: [CheckpointReference] = [],
        dataset: Dataset? = nil
    ) {
        self.contract = TrialContract.version
        self.trial = trial
        self.trialUID = trialUID
        self.reason = reason.rawValue
        self.message = message
        self.step = step
        self.metrics = metrics
        self.checkpoint = checkpoint
        self.checkpoints = checkpoints
        self.dataset = dataset
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        contract = try container.decode(Int.self, forKey: .contract)
        guard TrialContract.readable.contains(contract) else {
            throw DecodingError.dataCorruptedError(
                forKey: .contract, in: container,
                debugDescription: "contract version \(contract) is not one of \(TrialContract.readable)")
        }
        trial = try container.decodeIfPresent(String.self, forKey: .trial) ?? ""
        trialUID = try container.decodeIfPresent(String.self, forKey: .trialUID) ?? ""
        reason = try container.decode(String.self, forKey: .reason)
        message = try container.decodeIfPresent(String.self, forKey: .message)
        step = try container.decodeIfPresent(Int.self, forKey: .step)
        metrics = try container.decodeIfPresent(Metrics.self, forKey: .metrics) ?? Metrics()
        checkpoint = try container.decodeIfPresent(CheckpointReference.self, forKey: .checkpoint)
        checkpoints = try container.decodeIfPresent([CheckpointReference].self, forKey: .checkpoints) ?? []
        dataset = try container.decodeIfPresent(Dataset.self, forKey: .dataset)
    }
}

extension TrialResult {
    /// Reads a termination message.
    ///
    /// Throws `JSONSyntaxError` for text that is no JSON (a log's tail, for example) and `DecodingError` for another
    /// contract.
    public init(parsing message: String) throws {
        self = try JSONValue(parsing: message).decode(TrialResult.self)
    }
}
