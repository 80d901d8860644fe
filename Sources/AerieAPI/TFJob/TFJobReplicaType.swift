extension TFJob {
    /// The part that a pod plays in the cluster of a job.
    ///
    /// `allCases` is the order in which everything happens: pods are created, counted and reported in it, and queueing
    /// systems write their pod sets in it.
    public enum ReplicaType: String, Codable, CodingKeyRepresentable, CaseIterable, Hashable, Sendable {
        case chief = "Chief"
        case master = "Master"
        case ps = "PS"
        case worker = "Worker"
        case evaluator = "Evaluator"

        /// Accepts any case, as the training operator does: `worker`, `WORKER` and `Worker` are one type.
        public init?(anyCase text: String) {
            let wanted = text.lowercased()
            guard let type = Self.allCases.first(where: { $0.lowercased == wanted }) else { return nil }
            self = type
        }

        /// As in names, labels and `TF_CONFIG`.
        public var lowercased: String { rawValue.lowercased() }

        /// Decides alone about the success of the job.
        public var isChief: Bool { self == .chief || self == .master }
    }
}
