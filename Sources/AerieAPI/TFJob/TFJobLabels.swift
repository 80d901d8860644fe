import KubernetesAPI

extension TFJob {
    /// Names that other programs rely on; the values are upstream's and never change.
    public enum Name {
        public static let container = "tensorflow"
        public static let portName = "tfjob-port"
        public static let defaultPort = 2222
    }

    /// Label keys on pods and services.
    public enum Label {
        public static let jobName = "training.kubeflow.org/job-name"
        public static let operatorName = "training.kubeflow.org/operator-name"
        public static let replicaType = "training.kubeflow.org/replica-type"
        public static let replicaIndex = "training.kubeflow.org/replica-index"
        public static let jobRole = "training.kubeflow.org/job-role"

        /// The value of ``operatorName``; queueing systems look for exactly this text.
        public static let controller = "tfjob-controller"
        /// The value of ``jobRole`` on the pod that decides about success.
        public static let masterRole = "master"
    }

    /// On every pod and service of the job.
    public var labels: [String: String] {
        [Label.jobName: metadata.name, Label.operatorName: Label.controller]
    }

    /// On the pod and service of one replica.
    public func labels(_ type: ReplicaType, _ index: Int) -> [String: String] {
        labels.merging([Label.replicaType: type.lowercased, Label.replicaIndex: "\(index)"]) { _, new in new }
    }

    /// The name of a replica's pod and of its service.
    public func childName(_ type: ReplicaType, _ index: Int) -> String {
        "\(metadata.name)-\(type.lowercased)-\(index)"
    }

    /// The label selector that finds the pods of one type.
    public func selector(_ type: ReplicaType) -> String {
        "\(Label.jobName)=\(metadata.name),\(Label.operatorName)=\(Label.controller),"
            + "\(Label.replicaType)=\(type.lowercased)"
    }
}
