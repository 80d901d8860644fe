/// What the controller and a trial's pod agree on; `docs/contract.md` is its description for people.
///
/// In: environment variables (``TrialEnvironment``). Out: a termination message (``TrialResult``), lines of progress on
/// standard output (``TrialProgress``) and an exit code (``TrialExitCode``). Checkpoints go to the trial's own folder.
public enum TrialContract {
    /// The version that this build writes.
    public static let version = 1
    /// The versions that this build reads: its own and the one before.
    public static let readable: ClosedRange<Int> = 1...1
    /// What Kubernetes keeps of a termination message, in bytes.
    public static let maximumMessageSize = 4096
}

/// The environment variables of a trial's container.
public enum TrialVariable: String, CaseIterable, Sendable {
    case contract = "AERIE_CONTRACT"
    case experiment = "AERIE_EXPERIMENT"
    case trial = "AERIE_TRIAL"
    case trialUID = "AERIE_TRIAL_UID"
    case parameters = "AERIE_PARAMETERS"
    case datasetURI = "AERIE_DATASET_URI"
    case datasetDigest = "AERIE_DATASET_DIGEST"
    case checkpointURI = "AERIE_CHECKPOINT_URI"
    case checkpointKeep = "AERIE_CHECKPOINT_KEEP"
    case objective = "AERIE_OBJECTIVE"
    case trainer = "AERIE_TRAINER"
    /// Filled in by the kubelet from the pod's own metadata.
    case podUID = "AERIE_POD_UID"
    /// Where the termination message goes when not to `/dev/termination-log`.
    case terminationLog = "AERIE_TERMINATION_LOG"
}
