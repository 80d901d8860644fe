public import KubernetesAPI

extension TFJob {
    /// The replicas of one type with everything filled in that the job leaves out.
    ///
    /// Defaults are applied in memory only, as upstream does: the stored job stays what the user wrote.
    public struct Replica: Hashable, Sendable {
        public var type: ReplicaType
        /// 0…10,000, whatever was written: nothing counts to a number that nobody has checked.
        public var count: Int
        public var restartPolicy: ReplicaSpec.RestartPolicy
        /// The pod template as it was written.
        public var writtenTemplate: JSONValue

        /// The pod template with misplaced fields put right and with the port ``Name/portName``; computed.
        public var template: JSONValue { MisplacedPodFields(in: writtenTemplate).corrected.withTensorFlowPort }

        /// What ``template`` puts right.
        public var corrections: [MisplacedPodFields.Finding] { MisplacedPodFields(in: writtenTemplate).findings }
    }

    /// The replicas in the order of ``ReplicaType/allCases``.
    public var replicas: [Replica] {
        ReplicaType.allCases.compactMap { type in
            spec.tfReplicaSpecs[type].map { spec in
                Replica(
                    type: type, count: WholeNumbers.replicas.nearest(spec.replicas ?? 1),
                    restartPolicy: spec.restartPolicy?.value ?? .never, writtenTemplate: spec.template ?? [:])
            }
        }
    }

    /// Where the first replica of this job is the one that decides: the chief, the master, or worker 0.
    public func isMaster(_ type: ReplicaType, _ index: Int) -> Bool {
        let hasChief = spec.tfReplicaSpecs[.chief] != nil || spec.tfReplicaSpecs[.master] != nil
        return hasChief ? type.isChief : type == .worker && index == 0
    }

    public var cleanPodPolicy: RunPolicy.CleanPodPolicy { spec.runPolicy.cleanPodPolicy?.value ?? .nothing }

    public var isSuspended: Bool { spec.runPolicy.suspend ?? false }

    /// Whether another controller was put in charge of this job.
    public var isManagedElsewhere: Bool {
        guard let manager = spec.runPolicy.managedBy, !manager.text.isEmpty else { return false }
        return manager.value != .trainingOperator
    }
}

extension TFJob.Replica {
    /// One port of the container `tensorflow`.
    public struct Port: Hashable, Sendable {
        public var name: String
        public var number: Int
    }

    /// The ports of the container `tensorflow` as a service can have them, in the template's order; computed.
    ///
    /// A service has each name and each number once, and a name for each. Of several ports with one number the one
    /// called ``TFJob/Name/portName`` stays, else the first; one without a name is called by its number.
    public var ports: [Port] {
        let written = (template.tensorFlowContainer?["ports"]?.arrayValue ?? []).compactMap { port -> Port? in
            guard let number = port["containerPort"]?.intValue else { return nil }
            let name = port["name"]?.stringValue ?? ""
            return Port(name: name.isEmpty ? "port-\(number)" : name, number: number)
        }
        let meetingPoint = written.first { $0.name == TFJob.Name.portName }
        var names: Set<String> = []
        var numbers: Set<Int> = []
        return written.filter { port in
            if port.number == meetingPoint?.number, port.name != TFJob.Name.portName { return false }
            return names.insert(port.name).inserted && numbers.insert(port.number).inserted
        }
    }

    /// Where the TensorFlow server of this type listens.
    public var tensorFlowPort: Int {
        ports.first { $0.name == TFJob.Name.portName }?.number ?? TFJob.Name.defaultPort
    }
}

extension JSONValue {
    /// The container `tensorflow` of a pod template.
    var tensorFlowContainer: JSONValue? {
        self["spec"]?["containers"]?.arrayValue?.first { $0["name"]?.stringValue == TFJob.Name.container }
    }

    /// The pod template with one container changed.
    public func withTensorFlowContainer(_ change: (inout JSONValue) -> Void) -> JSONValue {
        guard var containers = self["spec"]?["containers"]?.arrayValue,
            let index = containers.firstIndex(where: { $0["name"]?.stringValue == TFJob.Name.container })
        else { return self }
        change(&containers[index])
        var spec = self["spec"] ?? [:]
        spec["containers"] = .array(containers)
        var template = self
        template["spec"] = spec
        return template
    }

    fileprivate var withTensorFlowPort: JSONValue {
        withTensorFlowContainer { container in
            let ports = container["ports"]?.arrayValue ?? []
            guard !ports.contains(where: { $0["name"]?.stringValue == TFJob.Name.portName }) else { return }
            container["ports"] = .array(
                ports + [["name": .string(TFJob.Name.portName), "containerPort": JSONValue(TFJob.Name.defaultPort)]])
        }
    }
}
