/// Why an experiment is in its state.
public enum ExperimentReason: String, Sendable, CaseIterable {
    case experimentCreated = "ExperimentCreated"
    case invalidSpec = "InvalidSpec"
    case trialsRefused = "TrialsRefused"
    case trialsRunning = "TrialsRunning"
    case suspended = "Suspended"
    case resumed = "Resumed"
    case targetReached = "TargetReached"
    case maxTrialsReached = "MaxTrialsReached"
    case searchSpaceExhausted = "SearchSpaceExhausted"
    case tooManyFailedTrials = "TooManyFailedTrials"
    case noSuccessfulTrial = "NoSuccessfulTrial"
    /// There are trials that name the experiment as their owner and that it did not make.
    case unexpectedTrials = "UnexpectedTrials"
    case promotionRefused = "PromotionRefused"
}
