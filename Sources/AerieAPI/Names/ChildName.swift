/// Names of the objects that belong to an experiment: computed, so that doing the same thing twice meets the same object.
public enum ChildName {
    /// The longest name of an experiment: its trials' pods and the promotion's objects stay within 63 characters.
    ///
    /// The longest of them is `<experiment>-<4 of the uid>-<8 of the digest>`.
    public static let maximumExperimentLength = 48
    /// The highest number of a trial, so that five digits are enough.
    public static let maximumTrialNumber = 10_000

    /// `landsat-00003`.
    public static func trial(experiment: String, number: Int) -> String {
        let digits = String(number)
        return "\(experiment)-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits)"
    }

    /// `landsat-1f0c-9be7d210`: unique for this experiment object and this checkpoint.
    public static func promotion(experiment: String, uid: String, digest: String) -> String {
        "\(experiment)-\(uid.prefix(4).lowercased())-\(digestPrefix(digest, length: 8))"
    }

    /// The folder of a trial below the root of the checkpoint store: `default/landsat-1f0c2a9b/landsat-00003`.
    public static func trialFolder(namespace: String, experiment: String, uid: String, trial: String) -> String {
        "\(namespace)/\(experiment)-\(uid.prefix(8))/\(trial)"
    }

    /// The first digits of a `sha256:` digest.
    public static func digestPrefix(_ digest: String, length: Int) -> String {
        String(digest.drop { $0 != ":" }.dropFirst().prefix(max(0, length)))
    }
}
