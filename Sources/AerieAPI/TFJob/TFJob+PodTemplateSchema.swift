import KubernetesAPI

extension TFJob {
    /// What the API server knows of a pod template: every field that pods have, with its type, so that a number among
    /// a container's arguments is refused where it is applied and not when the pod is made.
    ///
    /// Here are the fields that jobs use most, in our words; the others follow from Kubernetes' own list. Open
    /// everywhere, since fields of newer clusters pass through. Null is nothing, as it is in a pod.
    static var podTemplateSchema: Schema {
        .opaque(
            "The pod. One container must be named `tensorflow`; its port `tfjob-port` (2222 when absent) is "
                + "where the replicas talk to each other.",
            [
                "metadata": .opaque(
                    "Labels and annotations of the pods; names are made from the job's.",
                    [
                        "labels": .texts("Labels of the pods, beside those of the job."),
                        "annotations": .texts("Annotations of the pods."),
                    ]
                ).nullable,
                "spec": podSchema,
            ]
        ).typed(as: .template)
    }

    private static var podSchema: Schema {
        .opaque(
            "The pod's specification, as in a Pod.",
            [
                "containers": .array(
                    "The pod's containers, as in a Pod.", of: container("A container, as in a Pod."), maxItems: 256),
                "initContainers": .array(
                    "Containers that run before, as in a Pod.", of: container("A container, as in a Pod."),
                    maxItems: 256
                ).nullable,
                "volumes": .named("What containers can mount, as in a Pod.", "A volume, as in a Pod."),
                "nodeSelector": .texts("Labels that a node must have."),
                "tolerations": .array(
                    "Taints that do not matter, as in a Pod.",
                    of: .opaque(
                        "A toleration, as in a Pod.",
                        [
                            "key": .text("The taint's key; all when absent."),
                            "operator": .text("`Equal` or `Exists`."),
                            "value": .text("The taint's value."),
                            "effect": .text("The taint's effect; all when absent."),
                            "tolerationSeconds": .published("For how long.").nullable,
                        ]), maxItems: 256
                ).nullable,
                "affinity": .opaque("Where the pod may run, as in a Pod.").nullable,
                "serviceAccountName": .text("The ServiceAccount that the pod acts as."),
                "priorityClassName": .text("The PriorityClass of the pod."),
                "schedulerName": .text("Who finds a node for the pod."),
                "runtimeClassName": .text("The RuntimeClass of the pod."),
                "imagePullSecrets": .named("Secrets to pull images with.", "The name of a Secret."),
                "restartPolicy": .text("Overwritten by the replica's `restartPolicy`."),
                "hostNetwork": .boolean("Whether the pod uses the node's network.").nullable,
                "terminationGracePeriodSeconds": .published("Seconds between being asked to end and being killed.")
                    .nullable,
                "securityContext": .opaque("Of the pod, as in a Pod.").nullable,
            ])
    }

    private static func container(_ description: String) -> Schema {
        .opaque(
            description,
            [
                "name": .string("Unique in the pod."),
                "image": .string("What the container runs.", maxLength: 4096),
                "imagePullPolicy": .text("`Always`, `IfNotPresent` or `Never`."),
                "command": .words("The program; the image's own when absent."),
                "args": .words("Arguments of the program, each a text: write numbers in quotes."),
                "workingDir": .text("Where the program starts.", maxLength: 4096),
                "env": .array(
                    "Environment variables, as in a Pod.",
                    of: .opaque(
                        "An environment variable.",
                        [
                            "name": .string("Its name.", maxLength: 4096),
                            "value": .text("Its value, a text: write numbers in quotes.", maxLength: longText),
                            "valueFrom": .opaque("Where the value is, as in a Pod.").nullable,
                        ]), maxItems: 4096
                ).nullable,
                "envFrom": .array(
                    "Where more variables are, as in a Pod.", of: .opaque("A ConfigMap or a Secret."), maxItems: 256
                ).nullable,
                "ports": .array(
                    "Ports, as in a Pod; the job's services have those of `tensorflow`.",
                    of: .opaque(
                        "A port.",
                        [
                            "name": .text("Its name; `tfjob-port` is where the replicas talk to each other."),
                            "containerPort": .published("Its number.").nullable,
                        ]), maxItems: 1024
                ).nullable,
                "resources": .opaque(
                    "What the container needs and may use.",
                    [
                        "limits": .amounts("The most of each resource."),
                        "requests": .amounts("What of each resource is kept free for it."),
                    ]
                ).nullable,
                "volumeMounts": .array(
                    "Where volumes are mounted, as in a Pod.",
                    of: .opaque(
                        "A mount.",
                        [
                            "name": .string("The volume's name."),
                            "mountPath": .string("Where in the container.", maxLength: 4096),
                            "subPath": .text("Which part of the volume.", maxLength: 4096),
                            "readOnly": .boolean("Whether nothing can be written.").nullable,
                        ]), maxItems: 1024
                ).nullable,
                "securityContext": .opaque("Of the container, as in a Pod.").nullable,
            ])
    }

    /// Characters of a script that somebody wrote into a manifest; a whole object has room for one and a half million.
    fileprivate static let longText = 1_048_576
}

extension Schema {
    /// The same node, which may be null: manifests that programs write are full of nulls.
    fileprivate var nullable: Schema {
        var copy = self
        copy.json["nullable"] = true
        return copy
    }

    /// A node with no more than its description; the type is that which Kubernetes publishes.
    fileprivate static func published(_ description: String) -> Schema { Schema(description, [:]) }

    fileprivate static func text(_ description: String, maxLength: Int = 253) -> Schema {
        string(description, maxLength: maxLength).nullable
    }

    fileprivate static func texts(_ description: String) -> Schema {
        map(
            description, of: text("A text: write numbers and words such as `true` in quotes.", maxLength: 262_144),
            maxProperties: 4096
        )
        .nullable
    }

    fileprivate static func words(_ description: String) -> Schema {
        array(description, of: string("A text.", maxLength: TFJob.longText), maxItems: 16_384).nullable
    }

    fileprivate static func amounts(_ description: String) -> Schema {
        map(description, of: quantity("An amount, such as `4`, `500m` or `16Gi`."), maxProperties: 256).nullable
    }

    fileprivate static func named(_ description: String, _ element: String) -> Schema {
        array(description, of: opaque(element, ["name": .text("Its name.")]), maxItems: 1024).nullable
    }
}
