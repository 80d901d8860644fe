/// The names under which the companion trainer reports its metrics.
public enum MetricName {
    public static let trainingLoss = "training/loss"
    public static let validationLoss = "validation/loss"
    public static let accuracy = "validation/accuracy"
    /// The mean over all classes.
    public static let macroF1 = "validation/f1"

    public static func precision(class name: String) -> String { "validation/precision/\(name)" }
    public static func recall(class name: String) -> String { "validation/recall/\(name)" }
    public static func f1(class name: String) -> String { "validation/f1/\(name)" }

    /// Bytes that the name of a class may take in a metric's name.
    public static let maximumClassNameSize = 63
    /// Bytes that the name of a metric may take.
    public static let maximumSize = 128
}
