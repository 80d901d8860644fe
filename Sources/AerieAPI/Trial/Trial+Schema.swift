import KubernetesAPI

extension Trial {
    public static let customResourceDefinition = CustomResourceDefinition(
        resource,
        description:
            """
            One assignment of an experiment's parameters: it owns one TFJob, and its status holds what came out. \
            Trials are created by their experiment.
            """,
        spec: specSchema, status: statusSchema,
        columns: [
            .init("Experiment", ".spec.experiment", description: "The experiment that the trial belongs to."),
            .init("State", ".status.state", description: "In one word how the trial is going."),
            .init(
                "Value", ".status.displayValue", description: "The objective's metric at its best checkpoint."),
            .init("Step", ".status.checkpoint.step", type: .integer, description: "The step of its best checkpoint."),
            .age,
            .init("Reason", ".status.reason", isWide: true, description: "Why it is in this state."),
            .init("Attempts", ".status.attempts", type: .integer, isWide: true, description: "Pods started for it."),
            .init("Node", ".status.node", isWide: true, description: "Where it runs or ran."),
            .init("Digest", ".status.checkpoint.digest", isWide: true, description: "Of its best checkpoint."),
        ], rules: [Schema.nameRule(maximumLength: maximumNameLength, "")])

    private static let specSchema = Schema.object(
        "Everything that the trial's pod needs to know, copied from the experiment.",
        [
            "experiment": .string("The experiment's name.", minLength: 1).required,
            "number": .integer(
                "The trial's number within its experiment, from 1 on.", .trialNumber
            ).required,
            "parameters": .parameterValues,
            "objective": .objective.required,
            "dataset": .dataset.required,
            "checkpoints": .checkpoints(uri: "The trial's own folder in the checkpoint store.").required,
            "template": .trialTemplate.required,
            "stop": .boolean(
                """
                Set by the experiment when the result is no longer needed: the trial's job is deleted, and what it \
                had not reported is lost.
                """
            ).default(false),
        ]
    )
    .rule("self.experiment == oldSelf.experiment", fixedMessage, at: ".experiment")
    .rule("self.number == oldSelf.number", fixedMessage, at: ".number")
    .rule("self.objective == oldSelf.objective", fixedMessage, at: ".objective")
    .rule("self.dataset == oldSelf.dataset", fixedMessage, at: ".dataset")
    .rule("self.checkpoints == oldSelf.checkpoints", fixedMessage, at: ".checkpoints")

    private static let checkpointSchema = Schema.object(
        "One checkpoint and its value of the objective.",
        [
            "path": .string("The checkpoint's prefix below the trial's folder.", maxLength: 512).required,
            "step": .integer("The training step at which it was written.", .exact).required,
            "digest": .digest("The digest of the list of its files.").required,
            "metric": .string("The objective's metric.", maxLength: MetricName.maximumSize).required,
            "value": .number("Its value on the validation data.").required,
        ])

    private static let statusSchema = Schema.object(
        "What is known about the trial; written by the controller.",
        [
            "observedGeneration": .observedGeneration,
            "state": .enumeration(Schema.state, State.self),
            "reason": .reason,
            "conditions": .conditions,
            "tfJobUID": .string(
                "The uid of the trial's TFJob, once it was seen: a job that is gone is not created again.",
                maxLength: 64),
            "attempts": .integer("How often a pod was started for this trial.", .count),
            "pod": .string("The pod whose result counts, or that runs now."),
            "node": .string("Where that pod runs or ran."),
            "step": .integer("The last step that was trained.", .exact),
            "value": .number("The objective's metric at the best checkpoint; absent when it was no finite number."),
            "displayValue": .string("`value` with four digits, for tables.", maxLength: 32),
            "metrics": .metrics,
            "checkpoint": checkpointSchema.described(as: "The best checkpoint by the objective."),
            "checkpoints": .array(
                "The kept checkpoints, best first.", of: checkpointSchema, maxItems: Status.maximumCheckpoints),
            "datasetDigest": .digest("The digest of the data that the trial was trained on."),
            "startTime": .time("When the trial's job was created."),
            "completionTime": .time("When the trial ended."),
        ])
}
