import KubernetesAPI

/// The whole numbers that a field takes, told once: the schema says them as `minimum`, `maximum` and `format`, and
/// validation refuses the others.
public struct WholeNumbers: Hashable, Sendable {
    public let range: ClosedRange<Int>

    public init(_ range: ClosedRange<Int>) { self.range = range }

    public func contains(_ value: Int) -> Bool { range.contains(value) }

    /// The value itself, or the bound that it is beyond: for what is counted before anyone has checked it.
    func nearest(_ value: Int) -> Int { min(max(value, range.lowerBound), range.upperBound) }

    /// What is wrong with the value and what would be right; `nil` for a good one.
    func problem(with value: Int) -> String? {
        contains(value) ? nil : "must be \(range.lowerBound)…\(range.upperBound), got \(value)"
    }

    /// The error of a field; none when it is good or absent.
    ///
    /// - Parameter hint: What else may be meant, after a semicolon.
    func errors(_ value: Int?, at path: String, hint: String? = nil) -> [FieldError] {
        guard let value, let problem = problem(with: value) else { return [] }
        return [FieldError(path, hint.map { "\(problem); \($0)" } ?? problem)]
    }

    /// `minimum` and `maximum` of a schema.
    var bounds: [String: JSONValue] {
        ["minimum": JSONValue(range.lowerBound), "maximum": JSONValue(range.upperBound)]
    }

    /// All that a schema says of the number.
    ///
    /// Of 32 bits, too, the format is 64: what does not fit the format, servers tell without the field (`<nil>`).
    var keywords: [String: JSONValue] { bounds.merging(["type": "integer", "format": "int64"]) { $1 } }
}

// MARK: - The fields of our kinds

extension WholeNumbers {
    // In order: all bounds are constants of ours, below 64 bits.

    /// All of 32 bits.
    static let int32 = WholeNumbers(Int(Int32.min)...Int(Int32.max))
    /// How many there are of anything.
    static let count = WholeNumbers(0...Int(Int32.max))
    /// Seconds of a limit, up to 68 years; 0 is at once.
    static let seconds = count
    /// Seconds of a limit that 0 would make senseless.
    static let positiveSeconds = WholeNumbers(1...Int(Int32.max))
    /// From 0 to the largest number that every reader of JSON keeps exactly: generations, steps of a training.
    ///
    /// API servers hold bounds as floating-point numbers, which have no room for more.
    static let exact = WholeNumbers(0...largestExact)
    /// The same, below 0 too.
    static let exactWithSign = WholeNumbers(-largestExact...largestExact)
    private static let largestExact = (1 << 53) - 1

    /// Pods of one type of a TFJob.
    static let replicas = WholeNumbers(0...10_000)
    /// Restarts of a trial.
    static let trialBackoffLimit = WholeNumbers(0...1000)
    static let trialNumber = WholeNumbers(1...ChildName.maximumTrialNumber)
    /// None, or as many as there are trials at most.
    static let failedTrials = WholeNumbers(0...ChildName.maximumTrialNumber)
    static let parallelTrials = WholeNumbers(1...1000)
    /// Values into which a search by grid cuts a range.
    static let gridPoints = WholeNumbers(1...1000)
    /// Distance between two values of a parameter.
    static let step = WholeNumbers(1...largestExact)
    static let keptCheckpoints = WholeNumbers(1...1000)
    /// Accelerators of one trial.
    static let accelerators = WholeNumbers(1...64)
    static let servingReplicas = WholeNumbers(0...1000)
    static let exitCode = WholeNumbers(0...255)
}
