import KubernetesAPI

extension AcceleratorProfile {
    public static let customResourceDefinition = CustomResourceDefinition(
        resource, shortNames: ["accel"],
        description:
            """
            What an admin calls a pool of accelerators. Scientists write `accelerator: {profile: t4, count: 1}` and \
            need to know neither labels nor taints.
            """,
        spec: .object(
            "Where the pool is, who may use it, and what it costs.",
            [
                "resourceName": .string(
                    "The resource that a container is limited to, for example `nvidia.com/gpu`.", minLength: 1,
                    pattern: #"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"#
                ).required,
                "nodeSelector": .map(
                    "Labels of the pool's nodes.", of: .string("The label's value.", maxLength: 63),
                    maxProperties: 32),
                "tolerations": .array(
                    "Taints of the pool's nodes that its pods tolerate, as in a pod's spec.",
                    of: .object(
                        "One toleration.",
                        [
                            "key": .string("The taint's key; empty with `Exists` means every taint.", maxLength: 316),
                            "operator": .enumeration("By default `Equal`.", ["Equal", "Exists"]),
                            "value": .string("The taint's value, for `Equal`.", maxLength: 63),
                            "effect": .enumeration(
                                "The taint's effect; without it all effects.",
                                ["NoSchedule", "PreferNoSchedule", "NoExecute"]),
                            "tolerationSeconds": .integer("For `NoExecute`: how long.", .seconds),
                        ]
                    )
                    .rule(
                        "!has(self.operator) || self.operator != 'Exists' || !has(self.value) || self.value == ''",
                        "must be left out with operator Exists", at: ".value"
                    )
                    .rule(
                        "(has(self.key) && self.key != '') || (has(self.operator) && self.operator == 'Exists')",
                        "is needed unless operator is Exists", at: ".key"
                    )
                    .rule(
                        "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
                        "is for effect NoExecute only", at: ".tolerationSeconds"), maxItems: 32),
                "allowedNamespaces": .array(
                    "The namespaces that may use the pool; none listed means all.",
                    of: .string("A namespace.", maxLength: 63).rule(
                        "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')", "is no name of a namespace"), maxItems: 1000,
                    listType: .set),
                "costPerHour": .number(
                    "What one accelerator costs for an hour, in the currency you reckon with.", min: 0),
            ]),
        columns: [
            .init("Resource", ".spec.resourceName", description: "What a container is limited to."),
            .init("Cost", ".spec.costPerHour", type: .number, description: "Of one accelerator for an hour."),
            .age,
            .init("Selector", ".spec.nodeSelector", isWide: true, description: "Labels of the pool's nodes."),
            .init(
                "Namespaces", ".spec.allowedNamespaces", isWide: true,
                description: "Who may use the pool; empty means all."),
        ])
}
