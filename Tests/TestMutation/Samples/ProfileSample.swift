/// An accelerator that a cluster has.
enum ProfileSample {
    static let document: Document = [
        "apiVersion": "aerie.dev/v1alpha1", "kind": "AcceleratorProfile",
        "metadata": SampleMetadata.metadata("t4", uid: "profile-uid", namespace: nil),
        "spec": [
            "resourceName": "nvidia.com/gpu", "nodeSelector": ["pool": "t4"],
            "tolerations": [
                ["key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60]
            ],
            "allowedNamespaces": ["default", "team-a"], "costPerHour": 0.35,
        ],
    ]
}
