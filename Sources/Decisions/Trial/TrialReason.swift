/// Why a trial is in its state, besides the reasons that the trial itself reports.
public enum TrialReason: String, Sendable, CaseIterable {
    case invalidSpec = "InvalidSpec"
    case acceleratorProfileNotFound = "AcceleratorProfileNotFound"
    case acceleratorNotAllowed = "AcceleratorNotAllowed"
    case nameTaken = "NameTaken"
    case tfJobRefused = "TFJobRefused"
    case tfJobCreated = "TFJobCreated"
    case tfJobRunning = "TFJobRunning"
    case tfJobDeleted = "TFJobDeleted"
    case tfJobFailed = "TFJobFailed"
    /// The trial ended well but no finite value of the objective came out, for example because the loss diverged.
    case objectiveNotFinite = "ObjectiveNotFinite"
    /// The trial ended well but its result is missing, malformed or lacks the objective's metric.
    case metricsUnavailable = "MetricsUnavailable"
    case outOfMemory = "OutOfMemory"
    /// The experiment no longer needs the result.
    case stoppedByExperiment = "StoppedByExperiment"
    /// Waiting for the end of a job whose trial was stopped.
    case stopping = "Stopping"
}
