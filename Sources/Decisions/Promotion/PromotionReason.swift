/// Why a promotion is in its state.
public enum PromotionReason: String, Sendable, CaseIterable {
    case promotionCreated = "PromotionCreated"
    case invalidSpec = "InvalidSpec"
    case gatesPassed = "GatesPassed"
    case gatesNotPassed = "GatesNotPassed"
    case jobCreated = "JobCreated"
    case jobRunning = "JobRunning"
    /// An attempt of the job failed; it makes more, later and later.
    case jobRetrying = "JobRetrying"
    case jobDeleted = "JobDeleted"
    case exportFailed = "ExportFailed"
    case buildFailed = "BuildFailed"
    /// The job ended well, but its pod said nothing that contains the image's digest.
    case digestUnavailable = "DigestUnavailable"
    case imagePushed = "ImagePushed"
    case rollingOut = "RollingOut"
    case modelAvailable = "ModelAvailable"
    case supersededByLater = "SupersededByLater"
    case nameTaken = "NameTaken"
    case refused = "Refused"
}
