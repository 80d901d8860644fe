extension TFJob {
    /// The custom resource definition of this kind.
    ///
    /// Upstream fills defaults in memory and never stores them, and `kubectl diff` of existing manifests relies on it:
    /// so no field here has a stored default, the descriptions name them instead.
    public static var customResourceDefinition: CustomResourceDefinition {
        CustomResourceDefinition(
            resource,
            description: "A TensorFlow training job: pods of several types that find each other through TF_CONFIG.",
            spec: specSchema, status: statusSchema,
            columns: [
                .init("State", ".status.conditions[-1:].type", description: "What the job is doing."),
                .init("Reason", ".status.reason", description: "Why it is doing that."),
                .init("Ready", ".status.ready", description: "Ready pods of all wanted pods."),
                .init(
                    "Restarts", ".status.restarts", type: .integer,
                    description: "Restarts after failures, as counted against the back-off limit."),
                .init(
                    "Disruptions", ".status.disruptions", type: .integer, isWide: true,
                    description: "Pods lost without fault of the program."),
                .init("Queue", ".status.queue", isWide: true, description: "Where the job waits its turn."),
                .init(
                    "Accelerators", ".status.accelerators", isWide: true,
                    description: "Devices that all pods ask for together."),
                .init("Nodes", ".status.nodes", isWide: true, description: "Where its pods are."),
                .age,
            ],
            rules: [
                .init(
                    "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
                    "cannot name services; use lower-case letters, digits and \"-\", beginning with a letter and ending "
                        + "with a letter or digit", at: ".metadata.name"),
                .init(
                    "self.spec.tfReplicaSpecs.all(key, size(self.metadata.name) + size(key) + 2 "
                        + "+ (!has(self.spec.tfReplicaSpecs[key].replicas) "
                        + "|| self.spec.tfReplicaSpecs[key].replicas <= 10 ? 1 "
                        + ": self.spec.tfReplicaSpecs[key].replicas <= 100 ? 2 "
                        + ": self.spec.tfReplicaSpecs[key].replicas <= 1000 ? 3 : 4) <= 63)",
                    "is too long: pods and services <name>-<type>-<index> would have more than 63 characters",
                    at: ".metadata.name"),
            ])
    }
    private static var specSchema: Schema {
        .object(
            "What shall run and for how long.",
            fields: [
                ("runPolicy", .object("How long, how often again and what stays behind.", fields: runPolicyFields)),
                (
                    "successPolicy",
                    .word(
                        "When a job without Chief or Master has succeeded: when worker 0 has (empty, the default) or "
                            + "when all workers have (`AllWorkers`).", Spec.SuccessPolicy.self)
                ),
                (
                    "tfReplicaSpecs",
                    Schema.map(
                        "Pods by type: Chief, Master, PS, Worker and Evaluator, written in any case. A Chief or "
                            + "Master decides about success alone.",
                        of: replicaSchema, maxProperties: maximumReplicaKeys
                    )
                    .rule("self.size() > 0", "is empty; give at least one of \(types)")
                    .rule(
                        "self.all(key, key.lowerAscii() in [\(words)])",
                        "has a key that is no replica type; use \(types)"
                    )
                    .rule(
                        "!(self.exists(key, key.lowerAscii() == 'chief') "
                            + "&& self.exists(key, key.lowerAscii() == 'master'))",
                        "has both Chief and Master, which decide alike; keep one of them"
                    )
                    .rule(
                        "self.all(key, !(key.lowerAscii() in ['chief', 'master']) || !has(self[key].replicas) "
                            + "|| self[key].replicas <= 1)", "has more than one Chief or Master; a job has one"
                    )
                    .required
                ),
                (
                    "enableDynamicWorker",
                    .boolean(
                        "Workers come and go: each learns only its own address and the parameter servers', and a "
                            + "failed worker does not fail the job. False when absent.")
                ),
            ] + legacyFields
        ).rule(
            "(has(self.runPolicy) && has(self.runPolicy.managedBy) ? self.runPolicy.managedBy : '') == "
                + "(has(oldSelf.runPolicy) && has(oldSelf.runPolicy.managedBy) ? oldSelf.runPolicy.managedBy : '')",
            "cannot change after creation; create the job again under the other manager", at: ".runPolicy.managedBy")
    }

    private static let types = ReplicaType.allCases.map(\.rawValue).joined(separator: ", ")
    private static let words = ReplicaType.allCases.map { "'\($0.lowercased)'" }.joined(separator: ", ")
    /// Twice as many as there are types: a type that is there in two cases shall be told by name.
    private static let maximumReplicaKeys = 2 * ReplicaType.allCases.count

    private static var replicaSchema: Schema {
        .object(
            "The pods of one type.",
            [
                "replicas": .integer(
                    "How many pods; 1 when absent. Fewer than before deletes those with the highest indexes.", .replicas
                ),
                "restartPolicy": .word(
                    "What happens when the program fails: `Always` and `OnFailure` restart it, `Never` (the default) "
                        + "fails the job, `ExitCode` restarts after 128–255 and fails the job after 1–127. Pods that "
                        + "are evicted, preempted or deleted are replaced in any case.",
                    ReplicaSpec.RestartPolicy.self),
                "template": podTemplateSchema,
            ]
        )
        .rule(
            "has(self.template) && has(self.template.spec) && has(self.template.spec.containers) "
                + "&& self.template.spec.containers.size() > 0",
            "template.spec.containers is missing; give at least the container \(Name.container)"
        )
        .rule(
            "!has(self.template) || !has(self.template.spec) || !has(self.template.spec.containers) "
                + "|| self.template.spec.containers.size() == 0 || self.template.spec.containers.exists(container, "
                + "has(container.name) && container.name == '\(Name.container)')",
            "template.spec.containers has no container named \(Name.container); name the one that trains so"
        )
        .rule(
            "!has(self.template) || !has(self.template.spec) || !has(self.template.spec.containers) "
                + "|| self.template.spec.containers.all(container, has(container.image) && container.image != '')",
            "template.spec.containers: an image is missing; name the image that each container runs")
    }

    private static var runPolicyFields: [(String, Schema)] {
        limitFields { $0 } + [
            (
                "suspend",
                .boolean(
                    "Deletes all pods and keeps the job; setting it to false starts again. Queueing systems use it. "
                        + "False when absent.")
            ),
            (
                "managedBy",
                .word(
                    "Who is in charge of this job; fixed at creation. This controller when absent.",
                    RunPolicy.Manager.self)
            ),
        ]
    }

    /// The fields of the run policy where the operator before 1.0 had them.
    private static var legacyFields: [(String, Schema)] {
        limitFields { "Deprecated: write it under runPolicy, which counts when both are given. \($0)" }
    }

    private static func limitFields(_ text: (String) -> String) -> [(String, Schema)] {
        [
            (
                "cleanPodPolicy",
                .word(
                    text(
                        "Which pods are deleted when the job has ended: `All`, those still `Running`, or `None`, the "
                            + "default. Services are always deleted."), RunPolicy.CleanPodPolicy.self)
            ),
            (
                "ttlSecondsAfterFinished",
                .integer(text("Seconds after its end when the job itself is deleted; kept when absent."), .seconds)
            ),
            (
                "activeDeadlineSeconds",
                .integer(text("Seconds after its start, or resume, when a job that still runs fails."), .seconds)
            ),
            (
                "backoffLimit",
                .integer(
                    text(
                        "Restarts after failures of the program, of all pods together, before the job fails; unlimited "
                            + "when absent. Evicted, preempted and deleted pods do not count."), .count)
            ),
            ("schedulingPolicy", schedulingPolicySchema(text("For schedulers that start all pods or none."))),
        ]
    }

    private static func schedulingPolicySchema(_ description: String) -> Schema {
        .object(
            description,
            [
                "minAvailable": .integer("How many pods must be able to start together; all when absent.", .count),
                "queue": .string("The scheduler's queue; fixed at creation.").rule(
                    "self == oldSelf", "cannot change after creation; create the job again in the other queue"),
                "minResources": .map(
                    "What must be free before any pod starts, by resource name; the sum of all pods when absent.",
                    of: .quantity("An amount, such as `4` or `16Gi`."), maxProperties: 64),
                "priorityClass": .string("The PriorityClass of the group of pods."),
                "scheduleTimeoutSeconds": .integer("Seconds to wait for all pods to be schedulable.", .seconds),
            ])
    }
}

extension Schema {
    /// One of a few words, told by a rule.
    ///
    /// An enumeration would keep the API server from evaluating any rule; with rules, all wrong words are told at once.
    /// The empty text counts as absent, as upstream has it. Numbers have their bounds in the schema all the same: a
    /// number that cannot be computed with shall be stored by no server, and those before 1.25 know no rules.
    fileprivate static func word<Value: CaseIterable & RawRepresentable>(
        _ description: String, _ type: Value.Type
    ) -> Schema where Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue).filter { !$0.isEmpty }
        return string(description).rule(
            "self in ['', \(words.map { "'\($0)'" }.joined(separator: ", "))]",
            "is unknown; use one of \(words.joined(separator: ", "))")
    }
}
