import KubernetesAPI

extension ModelPromotion {
    public static let customResourceDefinition = CustomResourceDefinition(
        resource, shortNames: ["promo"],
        description:
            """
            One chosen checkpoint on its way to users: its metrics pass the gates, it becomes a SavedModel and then \
            an image, and a deployment runs that image. It is the record behind a live model: it has no owner and \
            carries a snapshot of all that led to the model.
            """,
        spec: specSchema, status: statusSchema,
        columns: [
            .init("State", ".status.state", description: "In one word how far the promotion is."),
            .init("Reason", ".status.reason", description: "Why it is in this state."),
            .init("Model", ".spec.modelName", description: "The name under which the model is served."),
            .init("Value", ".status.displayValue", description: "The objective's metric at the checkpoint."),
            .init("Digest", ".status.image.digest", description: "The digest of the image that was pushed."),
            .age,
            .init("Experiment", ".spec.source.experiment", isWide: true, description: "Where the checkpoint is from."),
            .init("Trial", ".spec.source.trial", isWide: true, description: "The trial of the checkpoint."),
            .init("Step", ".spec.checkpoint.step", type: .integer, isWide: true, description: "The checkpoint's step."),
            .init("Repository", ".spec.image.repository", isWide: true, description: "Where the image is pushed."),
            .init("URL", ".status.url", isWide: true, description: "Where the model answers within the cluster."),
        ], rules: [Schema.nameRule(maximumLength: 63, "")])

    private static let specSchema = Schema.object(
        "What is promoted, under which conditions, and to where.",
        [
            "source": .object(
                "Where the checkpoint came from, at the time it was chosen.",
                [
                    "experiment": .string("The experiment's name.", minLength: 1).required,
                    "experimentUID": .string("The experiment's uid.", maxLength: 64),
                    "trial": .string("The trial's name.", minLength: 1).required,
                    "parameters": .parameterValues,
                    "metrics": .metrics.described(as: "All that the trial reported; the gates look at these."),
                    "datasetURI": .string("The data that the trial was trained on.", maxLength: 1024),
                    "datasetDigest": .digest("The digest of that data."),
                ]
            ).required,
            "checkpoint": .checkpointFiles.required,
            "metric": .string("The objective's metric.", minLength: 1, maxLength: MetricName.maximumSize).required,
            "value": .number("Its value at the checkpoint.").required,
            "gates": .gates,
            "modelName": .string(
                "The name under which the model is served.", minLength: 1, maxLength: 63,
                pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$"
            ).required,
            "trainerImage": .image("The image with the `aerie-trainer` program, which exports the SavedModel.")
                .required,
            "builderImage": .builderImage.required,
            "image": .imageTarget.required,
            "pushSecretName": .pushSecretName,
            "podTemplate": .promotionPodTemplate,
            "serving": .serving,
        ]
    )
    .rule(
        "self.source.experiment == oldSelf.source.experiment && self.source.trial == oldSelf.source.trial",
        fixedMessage,
        at: ".source"
    )
    .rule("self.checkpoint == oldSelf.checkpoint", fixedMessage, at: ".checkpoint")
    .rule("self.modelName == oldSelf.modelName", fixedMessage, at: ".modelName")

    private static let statusSchema = Schema.object(
        "What is known about the promotion; written by the controller.",
        [
            "observedGeneration": .observedGeneration,
            "state": .enumeration(Schema.state, State.self),
            "reason": .reason,
            "conditions": .conditions,
            "jobUID": .string("The uid of the job that exports and builds, once it was seen.", maxLength: 64),
            "displayValue": .string("The checkpoint's value with four digits, for tables.", maxLength: 32),
            "image": .object(
                "The image that was pushed.",
                [
                    "repository": .string("Its repository.", maxLength: 255).required,
                    "digest": .digest("Its digest.").required,
                ]),
            "url": .string("Where the model answers within the cluster.", maxLength: 512),
            "startTime": .time("When the promotion began."),
            "completionTime": .time("When the model was ready for the first time, or the promotion failed."),
        ])
}

extension Schema {
    static let checkpointFiles = Schema.object(
        "The checkpoint's files.",
        [
            "uri": .string("The folder of its trial in the checkpoint store.", minLength: 1, maxLength: 1024)
                .isStorageURI.required,
            "path": .string("The checkpoint's prefix below that folder.", minLength: 1, maxLength: 512)
                .rule(
                    "!self.startsWith('/') && !self.matches('(^|/)[.][.](/|$)')",
                    "must be a path below the trial's folder, without `..`"
                ).required,
            "step": .integer("The training step at which it was written.", .exact).required,
            "digest": .digest("The digest of the list of its files; checked whenever it is read.")
                .rule("self.matches('^sha256:[0-9a-f]{64}$')", "must be sha256: and 64 hexadecimal digits").required,
        ])
}
