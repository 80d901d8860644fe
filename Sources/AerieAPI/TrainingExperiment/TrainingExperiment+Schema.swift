import KubernetesAPI

extension TrainingExperiment {
    public static let customResourceDefinition = CustomResourceDefinition(
        resource, shortNames: ["texp"],
        description:
            """
            A search for the best model: trials vary the parameters, each trains one model and reports its metrics; \
            the best checkpoint of all may become a serving image that is rolled out.
            """,
        spec: specSchema, status: statusSchema,
        columns: [
            .init("State", ".status.state", description: "In one word how the experiment is going."),
            .init("Reason", ".status.reason", description: "Why it is in this state."),
            .init("Trials", ".status.completed", description: "Ended trials of all that may be created."),
            .init("Running", ".status.trials.running", type: .integer, description: "Trials that train now."),
            .init("Failed", ".status.trials.failed", type: .integer, description: "Trials that failed."),
            .init("Best", ".status.displayValue", description: "The best value of the objective so far."),
            .init("Metric", ".spec.objective.metric", description: "The objective's metric."),
            .age,
            .init("Best-Trial", ".status.best.trial", isWide: true, description: "The trial of the best checkpoint."),
            .init(
                "Step", ".status.best.checkpoint.step", type: .integer, isWide: true,
                description: "The step of the best checkpoint."),
            .init("Promotion", ".status.promotion.state", isWide: true, description: "How the promotion is going."),
            .init("Image", ".status.promotion.imageDigest", isWide: true, description: "The promoted image."),
        ],
        rules: [
            Schema.nameRule(
                maximumLength: ChildName.maximumExperimentLength,
                ", so that the names of trials, pods and services made from it fit 63")
        ]
            + FixedField.all.map { field in
                .init(
                    "!has(oldSelf.status) || !has(oldSelf.status.trials) || !has(oldSelf.status.trials.created) "
                        + "|| oldSelf.status.trials.created == 0 || \(field.celEquality)", FixedField.message,
                    at: ".\(field.path)")
            })

    private static let specSchema = Schema.object(
        "What is searched for and how; see the fields.",
        [
            "objective": .objective.required,
            "algorithm": algorithmSchema.default([:]),
            "parameters": .array(
                "What is varied: fields of the trainer's `model` and `training` blocks and their values.",
                of: parameterSchema, minItems: 1, maxItems: 32, listType: .map(["name"])
            ).required,
            "maxTrials": .integer(
                "The budget: how many trials are created at most.", .trialNumber
            ).required,
            "parallelTrials": .integer("How many trials may run at once.", .parallelTrials)
                .default(JSONValue(Spec.defaultParallelTrials)),
            "maxFailedTrials": .integer(
                "When more trials than this have failed, the experiment fails and the running ones are ended.",
                .failedTrials
            ).default(JSONValue(Spec.defaultMaxFailedTrials)),
            "suspend": .boolean(
                "While true no new trial is created; running ones go on to their end."
            ).default(false),
            "dataset": .dataset.required,
            "checkpoints": .checkpoints(
                uri: """
                    The root of the checkpoint store, for example `pvc://checkpoints`. Each trial gets its own \
                    folder `<namespace>/<experiment>-<uid>/<trial>` below it and sees no other.
                    """
            ).required,
            "trial": .trialTemplate.required,
            "selection": .object(
                "Which checkpoint wins.",
                [
                    "strategy": .enumeration(
                        """
                        `BestCheckpoint`: the best value of the objective over all succeeded trials and all their \
                        kept checkpoints; NaN never wins; of equal values the smaller step, then the lower \
                        trial number.
                        """,
                        Selection.Strategy.self
                    ).default(.string(Selection.Strategy.bestCheckpoint.rawValue))
                ]
            ).default([:]),
            "promotion": promotionSchema,
        ]
    ).rule(
        "!has(self.parallelTrials) || self.parallelTrials <= self.maxTrials",
        "is above maxTrials; lower it or raise maxTrials", at: ".parallelTrials")

    private static let algorithmSchema = Schema.object(
        "How assignments of the parameters are chosen.",
        [
            "name": .enumeration(
                "`random` draws independently; `grid` goes through all combinations in order.",
                Algorithm.Name.self
            ).default("random"),
            "seed": .integer(
                """
                Two experiments with equal parameters and equal seeds try the same assignments in the same \
                order.
                """, .exact
            ).default(0),
            "settings": .object(
                "What a particular algorithm can be told.",
                [
                    "points": .integer(
                        """
                        `grid`: into how many values, ends included, the range of a `double` is cut. \
                        Default: \(Algorithm.defaultPoints).
                        """, .gridPoints)
                ]
            ).default([:]),
        ]
    ).rule(
        "!has(self.settings) || !has(self.settings.points) || (has(self.name) && self.name == 'grid')",
        "is for grid only; remove it or use algorithm grid", at: ".settings.points")

    private static let promotionSchema = Schema.object(
        "What becomes of the best checkpoint. Without this it stays where it is.",
        [
            "policy": .enumeration(
                """
                `OnCompletion`: once, when the experiment has succeeded. `OnImprovement`: each time a trial \
                brought a better checkpoint. `Never`: not by itself.
                """,
                PromotionTemplate.Policy.self
            ).default(.string(PromotionTemplate.Policy.onCompletion.rawValue)),
            "gates": .gates,
            "image": .imageTarget.required,
            "builderImage": .builderImage.required,
            "pushSecretName": .pushSecretName,
            "podTemplate": .promotionPodTemplate,
            "serving": .serving,
        ])

    private static let parameterSchema = Schema.object(
        "One field and the values it may take: give exactly one of `double`, `int`, `discrete` and `categorical`.",
        [
            "name": .string(
                "A field of the trainer's `model` or `training` block, for example `learningRate` or `width`.",
                minLength: 1, maxLength: 63, pattern: "^[A-Za-z][A-Za-z0-9_.-]*$"
            ).rule(
                "self in [\(TrainerConfiguration.parameterNames.map { "'\($0)'" }.joined(separator: ", "))]",
                "names no field of the trainer; known are \(TrainerConfiguration.parameterNames.joined(separator: ", "))"
            ).required,
            "double": .object(
                "Numbers with fractions, both ends included.",
                [
                    "min": .number("The least value.").required,
                    "max": .number("The greatest value.").required,
                    "scale": .enumeration(
                        "`Log` draws evenly by order of magnitude, which suits learning rates; it needs min above 0.",
                        Parameter.Scale.self
                    ).default(.string(Parameter.Scale.linear.rawValue)),
                ]
            )
            .rule("self.min <= self.max", "is above max; swap them", at: ".min")
            .rule(
                "!has(self.scale) || self.scale != 'Log' || self.min > 0.0",
                "scale Log needs min above 0; raise min or use Linear", at: ".min"),
            "int": .object(
                "Whole numbers min, min + step, … up to and including max.",
                [
                    "min": .integer("The least value.", .exactWithSign).required,
                    "max": .integer("The greatest value.", .exactWithSign).required,
                    "step": .integer("The distance between two values.", .step).default(1),
                ]
            ).rule("self.min <= self.max", "is above max; swap them", at: ".min"),
            "discrete": .object(
                "A list of numbers.",
                ["values": .array("The numbers.", of: .number("A number."), minItems: 1, maxItems: 1000).required]),
            "categorical": .object(
                "A list of words.",
                [
                    "values": .array(
                        "The words.", of: .string("A word.", maxLength: 128), minItems: 1, maxItems: 256
                    ).required
                ]),
        ]
    ).rule(
        "[has(self.double), has(self.int), has(self.discrete), has(self.categorical)].filter(given, given).size() == 1",
        "needs exactly one of double, int, discrete and categorical")

    private static let statusSchema = Schema.object(
        "What is known about the experiment; written by the controller.",
        [
            "observedGeneration": .observedGeneration,
            "state": .enumeration(Schema.state, State.self),
            "reason": .reason,
            "conditions": .conditions,
            "trials": .object(
                "How many trials there are, by what became of them.",
                [
                    "created": .integer("The highest number that was given to a trial.", .count),
                    "confirmed": .integer(
                        """
                        All trials up to this number have been seen; one of them without an object was deleted by \
                        someone and is not created again.
                        """, .count),
                    "pending": .integer("Trials that wait to start.", .count),
                    "running": .integer("Trials that train.", .count),
                    "succeeded": .integer("Trials that reported a result.", .count),
                    "failed": .integer("Trials that ended without a result.", .count),
                    "stopped": .integer("Trials that were ended because the result was no longer needed.", .count),
                    "deleted": .integer("Trials whose object someone deleted.", .count),
                ]),
            "completed": .string("Ended trials of all that may be created, such as `4/12`.", maxLength: 32),
            "displayValue": .string("The best value with four digits, for tables.", maxLength: 32),
            "best": .object(
                "The checkpoint that leads, and what led to it.",
                [
                    "trial": .string("The trial's name.").required,
                    "trialNumber": .integer("The trial's number.", .trialNumber).required,
                    "parameters": .parameterValues.required,
                    "metric": .string("The objective's metric.", maxLength: MetricName.maximumSize).required,
                    "value": .number("Its value at the checkpoint.").required,
                    "metrics": .metrics.required,
                    "checkpoint": .checkpointFiles.required,
                    "datasetDigest": .digest("The digest of the data that the trial was trained on."),
                ]),
            "promotion": .object(
                "How the promotion of the best checkpoint is going.",
                [
                    "name": .string("The ModelPromotion's name.").required,
                    "state": .enumeration("Its state; absent until it was seen.", ModelPromotion.State.self),
                    "imageDigest": .digest("The digest of the promoted image."),
                ]),
            "startTime": .time("When the first trial was created."),
            "completionTime": .time("When the experiment ended."),
        ])
}
