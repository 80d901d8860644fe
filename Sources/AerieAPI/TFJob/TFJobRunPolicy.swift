public import KubernetesAPI

extension TFJob {
    /// How long the job may run, how often it may be restarted and what stays behind.
    public struct RunPolicy: Codable, Hashable, Sendable {
        public enum CleanPodPolicy: String, CaseIterable, Sendable {
            case all = "All"
            /// Pods that have not ended; ended ones stay for their logs.
            case running = "Running"
            case nothing = "None"
        }

        public enum Manager: String, CaseIterable, Sendable {
            case trainingOperator = "kubeflow.org/training-operator"
            case multiKueue = "kueue.x-k8s.io/multikueue"
        }

        /// `None` when missing.
        public var cleanPodPolicy: Choice<CleanPodPolicy>?
        /// Seconds from `status.completionTime` until the job itself is deleted; kept for ever when missing.
        public var ttlSecondsAfterFinished: Int?
        /// From `status.startTime`, which a resume sets anew.
        public var activeDeadlineSeconds: Int?
        /// Restarts after failures of the program, all replicas together; unlimited when missing.
        public var backoffLimit: Int?
        public var schedulingPolicy: SchedulingPolicy?
        public var suspend: Bool?
        /// Who reconciles the job; only the first of ``Manager`` is us.
        public var managedBy: Choice<Manager>?

        public init(
            cleanPodPolicy: Choice<CleanPodPolicy>? = nil, ttlSecondsAfterFinished: Int? = nil,
            activeDeadlineSeconds: Int? = nil, backoffLimit: Int? = nil, schedulingPolicy: SchedulingPolicy? = nil,
            suspend: Bool? = nil, managedBy: Choice<Manager>? = nil
        ) {
            self.cleanPodPolicy = cleanPodPolicy
            self.ttlSecondsAfterFinished = ttlSecondsAfterFinished
            self.activeDeadlineSeconds = activeDeadlineSeconds
            self.backoffLimit = backoffLimit
            self.schedulingPolicy = schedulingPolicy
            self.suspend = suspend
            self.managedBy = managedBy
        }
    }

    /// For schedulers that start all pods of a job or none.
    public struct SchedulingPolicy: Codable, Hashable, Sendable {
        /// All replicas when missing.
        public var minAvailable: Int?
        public var queue: String?
        /// Resource quantities by resource name.
        public var minResources: JSONValue?
        public var priorityClass: String?
        public var scheduleTimeoutSeconds: Int?

        public init(
            minAvailable: Int? = nil, queue: String? = nil, minResources: JSONValue? = nil,
            priorityClass: String? = nil, scheduleTimeoutSeconds: Int? = nil
        ) {
            self.minAvailable = minAvailable
            self.queue = queue
            self.minResources = minResources
            self.priorityClass = priorityClass
            self.scheduleTimeoutSeconds = scheduleTimeoutSeconds
        }
    }
}

extension TFJob.RunPolicy {
    /// Takes over what `legacy` says and this policy does not.
    ///
    /// - Returns: the names of the fields that `legacy` has at all, sorted.
    mutating func fill(from legacy: Self) -> [String] {
        cleanPodPolicy = cleanPodPolicy ?? legacy.cleanPodPolicy
        ttlSecondsAfterFinished = ttlSecondsAfterFinished ?? legacy.ttlSecondsAfterFinished
        activeDeadlineSeconds = activeDeadlineSeconds ?? legacy.activeDeadlineSeconds
        backoffLimit = backoffLimit ?? legacy.backoffLimit
        schedulingPolicy = schedulingPolicy ?? legacy.schedulingPolicy
        let written: [(String, Bool)] = [
            ("activeDeadlineSeconds", legacy.activeDeadlineSeconds != nil),
            ("backoffLimit", legacy.backoffLimit != nil),
            ("cleanPodPolicy", legacy.cleanPodPolicy != nil),
            ("schedulingPolicy", legacy.schedulingPolicy != nil),
            ("ttlSecondsAfterFinished", legacy.ttlSecondsAfterFinished != nil),
        ]
        return written.filter(\.1).map(\.0)
    }
}
