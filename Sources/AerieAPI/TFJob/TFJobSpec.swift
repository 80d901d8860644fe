public import KubernetesAPI

extension TFJob {
    /// What the user asks for.
    public struct Spec: Hashable, Sendable {
        public enum SuccessPolicy: String, CaseIterable, Sendable {
            /// The job has succeeded when worker 0 has.
            case workerZero = ""
            case allWorkers = "AllWorkers"
        }

        public var runPolicy: RunPolicy
        public var successPolicy: Choice<SuccessPolicy>?
        public var tfReplicaSpecs: [ReplicaType: ReplicaSpec]
        /// Workers come and go: each learns only its own address, and a lost worker does not fail the job.
        public var enableDynamicWorker: Bool

        /// Keys of `tfReplicaSpecs` that are no replica type, or that name one type twice in different case.
        public var misnamedReplicaTypes: [String]
        /// Fields of the run policy that were written directly under `spec`, where the operator before 1.0 had them.
        ///
        /// They count unless `runPolicy` says something itself.
        public var legacyFields: [String]

        public init(
            runPolicy: RunPolicy = RunPolicy(), successPolicy: Choice<SuccessPolicy>? = nil,
            tfReplicaSpecs: [ReplicaType: ReplicaSpec], enableDynamicWorker: Bool = false
        ) {
            self.runPolicy = runPolicy
            self.successPolicy = successPolicy
            self.tfReplicaSpecs = tfReplicaSpecs
            self.enableDynamicWorker = enableDynamicWorker
            misnamedReplicaTypes = []
            legacyFields = []
        }
    }

    /// How many pods of one type there are and what they run.
    public struct ReplicaSpec: Codable, Hashable, Sendable {
        public enum RestartPolicy: String, CaseIterable, Sendable {
            case always = "Always"
            case onFailure = "OnFailure"
            case never = "Never"
            /// The exit code decides: 1–127 fails the job, 128–255 restarts the pod.
            case exitCode = "ExitCode"
        }

        /// 1 when missing.
        public var replicas: Int?
        /// A whole pod template; unknown fields are kept.
        @KeptAsText public var template: JSONValue?
        /// `Never` when missing.
        public var restartPolicy: Choice<RestartPolicy>?

        public init(replicas: Int? = nil, template: JSONValue? = nil, restartPolicy: Choice<RestartPolicy>? = nil) {
            self.replicas = replicas
            self.template = template
            self.restartPolicy = restartPolicy
        }
    }
}

extension TFJob.Spec: Codable {
    private enum CodingKeys: String, CodingKey {
        case runPolicy, successPolicy, tfReplicaSpecs, enableDynamicWorker
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        runPolicy = try container.decodeIfPresent(TFJob.RunPolicy.self, forKey: .runPolicy) ?? TFJob.RunPolicy()
        legacyFields = runPolicy.fill(from: try TFJob.RunPolicy(from: decoder))
        successPolicy = try container.decodeIfPresent(Choice<SuccessPolicy>.self, forKey: .successPolicy)
        enableDynamicWorker = try container.decodeIfPresent(Bool.self, forKey: .enableDynamicWorker) ?? false
        tfReplicaSpecs = [:]
        misnamedReplicaTypes = []
        let written = try container.decodeIfPresent([String: TFJob.ReplicaSpec?].self, forKey: .tfReplicaSpecs) ?? [:]
        for (key, spec) in written.sorted(by: { $0.key < $1.key }) {
            if let type = TFJob.ReplicaType(anyCase: key), tfReplicaSpecs[type] == nil {
                tfReplicaSpecs[type] = spec ?? TFJob.ReplicaSpec()
            } else {
                misnamedReplicaTypes.append(key)
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(runPolicy, forKey: .runPolicy)
        try container.encodeIfPresent(successPolicy, forKey: .successPolicy)
        try container.encode(tfReplicaSpecs, forKey: .tfReplicaSpecs)
        try container.encode(enableDynamicWorker, forKey: .enableDynamicWorker)
    }
}
