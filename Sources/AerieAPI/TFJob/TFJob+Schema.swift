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
            ])
    }

    private static let maximumReplicas = 10_000
    /// Seconds and counts are 32-bit numbers upstream.
    private static let maximumInt32 = Int(Int32.max)

    private static var specSchema: Schema {
        .object(
            "What shall run and for how long.",
            fields: [
                ("runPolicy", .object("How long, how often again and what stays behind.", fields: runPolicyFields)),
                (
                    "successPolicy",
                    .enumeration(
                        "When a job without Chief or Master has succeeded: when worker 0 has (empty, the default) or "
                            + "when all workers have (`AllWorkers`).", Spec.SuccessPolicy.self)
                ),
                (
                    "tfReplicaSpecs",
                    Schema.map(
                        "Pods by type: Chief, Master, PS, Worker and Evaluator, written in any case. A Chief or "
                            + "Master decides about success alone.",
                        of: replicaSchema, maxProperties: ReplicaType.allCases.count
                    ).required
                ),
                (
                    "enableDynamicWorker",
                    .boolean(
                        "Workers come and go: each learns only its own address and the parameter servers', and a "
                            + "failed worker does not fail the job. False when absent.")
                ),
            ] + legacyFields)
    }

    private static var replicaSchema: Schema {
        .object(
            "The pods of one type.",
            [
                "replicas": .integer(
                    "How many pods; 1 when absent. Fewer than before deletes those with the highest indexes.",
                    min: 0, max: maximumReplicas),
                "restartPolicy": .enumeration(
                    "What happens when the program fails: `Always` and `OnFailure` restart it, `Never` (the default) "
                        + "fails the job, `ExitCode` restarts after 128–255 and fails the job after 1–127. Pods that "
                        + "are evicted, preempted or deleted are replaced in any case.",
                    ReplicaSpec.RestartPolicy.self),
                "template": .podTemplate(
                    "The pod. One container must be named `tensorflow`; its port `tfjob-port` (2222 when absent) is "
                        + "where the replicas talk to each other."),
            ])
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
                .enumeration(
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
                .enumeration(
                    text(
                        "Which pods are deleted when the job has ended: `All`, those still `Running`, or `None`, the "
                            + "default. Services are always deleted."), RunPolicy.CleanPodPolicy.self)
            ),
            (
                "ttlSecondsAfterFinished",
                .integer(
                    text("Seconds after its end when the job itself is deleted; kept when absent."), min: 0,
                    max: maximumInt32)
            ),
            (
                "activeDeadlineSeconds",
                .integer(text("Seconds after its start, or resume, when a job that still runs fails."), min: 0)
            ),
            (
                "backoffLimit",
                .integer(
                    text(
                        "Restarts after failures of the program, of all pods together, before the job fails; unlimited "
                            + "when absent. Evicted, preempted and deleted pods do not count."), min: 0,
                    max: maximumInt32)
            ),
            ("schedulingPolicy", schedulingPolicySchema(text("For schedulers that start all pods or none."))),
        ]
    }

    private static func schedulingPolicySchema(_ description: String) -> Schema {
        .object(
            description,
            [
                "minAvailable": .integer(
                    "How many pods must be able to start together; all when absent.", min: 0, max: maximumReplicas),
                "queue": .string("The scheduler's queue; fixed at creation."),
                "minResources": .map(
                    "What must be free before any pod starts, by resource name; the sum of all pods when absent.",
                    of: .quantity("An amount, such as `4` or `16Gi`."), maxProperties: 64),
                "priorityClass": .string("The PriorityClass of the group of pods."),
                "scheduleTimeoutSeconds": .integer(
                    "Seconds to wait for all pods to be schedulable.", min: 0, max: maximumInt32),
            ])
    }
}
