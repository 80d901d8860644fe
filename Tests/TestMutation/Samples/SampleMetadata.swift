/// What the samples have in common.
enum SampleMetadata {
    static let now: Int64 = 1_700_000_000
    static let time: Document = "2023-11-14T22:10:00Z"
    static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

    static func metadata(
        _ name: String, uid: String, labels: Document = [:], owner: Document? = nil, namespace: String? = "default"
    ) -> Document {
        var metadata: Document = [
            "name": .text(name), "uid": .text(uid), "resourceVersion": "17", "generation": 2, "creationTimestamp": time,
            "labels": labels, "annotations": ["kueue.x-k8s.io/note": "x"], "finalizers": [],
        ]
        if let namespace { metadata["namespace"] = .text(namespace) }
        if let owner { metadata["ownerReferences"] = [owner] }
        return metadata
    }

    static func owner(_ apiVersion: String, _ kind: String, _ name: String, uid: String) -> Document {
        [
            "apiVersion": .text(apiVersion), "kind": .text(kind), "name": .text(name), "uid": .text(uid),
            "controller": true, "blockOwnerDeletion": true,
        ]
    }

    static func condition(_ type: String, _ status: String, _ reason: String) -> Document {
        [
            "type": .text(type), "status": .text(status), "reason": .text(reason), "message": "So it is.",
            "lastTransitionTime": time, "observedGeneration": 1,
        ]
    }
}
