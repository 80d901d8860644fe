import KubernetesAPI

/// Parts of the specs that experiments, trials and promotions have in common.
extension Schema {
    static let objective = Schema.object(
        "What is measured, and whether more of it is better.",
        [
            "metric": .metricName(
                """
                The name of a metric that the trial reports, for example `validation/accuracy`, `validation/f1` or \
                `validation/loss`.
                """
            ).required,
            "goal": .enumeration("Whether larger or smaller values are better.", Objective.Goal.self)
                .default(.string(Objective.Goal.maximize.rawValue)),
            "target": .number(
                """
                The value that is good enough: once a checkpoint reaches it, no more trials are created and the \
                running ones are ended. Leave it out to use the whole budget.
                """),
        ])

    static let dataset = Schema.object(
        "The data that trials are trained and validated on. The pod sees it read-only.",
        [
            "uri": .string(
                """
                A folder with `train.tfrecord`, `validation.tfrecord` and `dataset.json`: \
                `pvc://<claim>/<folder>` is mounted from a PersistentVolumeClaim of the namespace, \
                `file:///<folder>` from the node; `s3://`, `gs://`, `az://` and `https://` are handed to the \
                trainer as they are.
                """,
                minLength: 1, maxLength: 1024
            ).isStorageURI.required,
            "digest": .string(
                """
                What the data must be; a trial that finds anything else fails. Leave it out to record what was \
                found.
                """,
                maxLength: 71, pattern: "^sha256:[0-9a-f]{64}$"),
        ])

    static func checkpoints(uri description: String) -> Schema {
        .object(
            "Where checkpoints go. Nothing is ever deleted there when an object is deleted.",
            [
                "uri": .string(description, minLength: 1, maxLength: 1024).isStorageURI.required,
                "keep": .integer(
                    "How many of a trial's best checkpoints stay, besides the latest.", .keptCheckpoints
                ).default(3),
            ])
    }

    static let trialTemplate = Schema.object(
        "What every trial runs.",
        [
            "accelerator": .object(
                "Accelerators for each trial; without this it runs on the CPU.",
                [
                    "profile": .string("The name of an AcceleratorProfile, for example `t4`.", minLength: 1).required,
                    "count": .integer("How many of them.", .accelerators).default(1),
                ]),
            "trainer": .object(
                """
                The program that trains, and its configuration. Parameters of the search override fields of `model` \
                and `training` by name.
                """,
                fields: [("image", .image("The image with the `aerie-trainer` program.").required)]
                    + TrainerConfiguration.schemaFields
            ).required,
            "backoffLimit": .integer(
                """
                How often a trial is started again that ended for a reason outside its control: exit code 128 or \
                above, a lost node, an eviction. It goes on from its latest checkpoint.
                """,
                .trialBackoffLimit
            ).default(JSONValue(TrialTemplate.defaultBackoffLimit)),
            "activeDeadlineSeconds": .integer(
                "Seconds after which a trial is ended, restarts included. Leave it out for no limit.", .positiveSeconds),
            "podTemplate": .podTemplate(
                """
                Merged into the trainer's pod: containers by name (the trainer's is `tensorflow`), their variables \
                and mounts by name, lists such as volumes and tolerations appended. Use it for resources, \
                service accounts, volumes and pull secrets.
                """),
        ])

    static let gates = Schema.array(
        "Bounds that the checkpoint's metrics must keep, or it is not promoted.",
        of: .object(
            "One bound.",
            [
                "metric": .metricName(
                    "The name of a metric that the trial reports, for example `validation/recall/water`."
                ).required,
                "min": .number("The least value that passes."),
                "max": .number("The greatest value that passes."),
            ]
        )
        .rule("has(self.min) || has(self.max)", "give min, max or both")
        .rule(
            "!has(self.min) || !has(self.max) || self.min <= self.max", "is above max: no checkpoint could pass",
            at: ".min"), maxItems: 32)

    static let imageTarget = Schema.object(
        "The image that is built: `base` with one more layer that holds the SavedModel.",
        [
            "repository": .string(
                "Where the image is pushed, without tag, for example `registry.example/landsat`.", minLength: 1,
                maxLength: 255
            )
            .rule("!self.endsWith('/')", "name it as <registry>/<name>")
            .rule("!self.matches('[:@][^/]*$')", "leave the tag or digest out, every image is its own").required,
            "base": .image("The serving image to build on; it is resolved to a digest first.").required,
        ])

    static let serving = Schema.object(
        """
        A Deployment and a Service that run the promoted image by its digest. Without this the image is only built \
        and pushed.
        """,
        [
            "name": .string("The name of both; by default the experiment's.", maxLength: 63).isServiceName,
            "replicas": .integer("How many pods answer requests.", .servingReplicas).default(1),
            "podTemplate": .podTemplate(
                "Merged into the serving pods, whose container is `serving`: resources, node selector and so on."),
        ])

    static let builderImage = Schema.image("The image with the `aerie` program, which builds and pushes the image.")

    static let pushSecretName = Schema.string(
        """
        A Secret of type `kubernetes.io/dockerconfigjson` with the right to push. It is mounted into the promotion's \
        pod; the controller never reads it.
        """)

    static let promotionPodTemplate = Schema.podTemplate(
        """
        Merged into the promotion's pod, whose containers are `export` and `build`: service account, resources, \
        pull secrets.
        """)

    static let parameterValues = Schema.map(
        "Values by the parameters' names.", of: .anyValue("A number or a word."), maxProperties: 64)

    static let metrics = Schema.map(
        "Values by the metrics' names; what is no finite number is the text `NaN`, `Infinity` or `-Infinity`.",
        of: .anyValue("A number, or one of the three texts."), maxProperties: Trial.Status.maximumMetrics)

    static func image(_ description: String) -> Schema { .string(description, minLength: 1, maxLength: 512) }

    static func digest(_ description: String) -> Schema { .string(description, maxLength: 71) }

    static let state = "In one word how it is going; the conditions say more."
    static let reason = Schema.string("Why it is in this state: one stable CamelCase word.", maxLength: 128)
}
