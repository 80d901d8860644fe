extension TFJob {
    static var statusSchema: Schema {
        let types = JobCondition.ConditionType.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        return .object(
            "What became of the job.",
            [
                "conditions": .array(
                    "What is true of the job: \(types). The one that describes the job now is last.",
                    of: conditionSchema, maxItems: 32, listType: .map(["type"])),
                "replicaStatuses": .map(
                    "Pods by type and state.", of: replicaStatusSchema, maxProperties: ReplicaType.allCases.count),
                "startTime": .time("When the job was started or last resumed."),
                "completionTime": .time("When the job succeeded or failed."),
                "lastReconcileTime": .time("When this status was last changed."),
                "reason": .string("Why the job is as it is, in one CamelCase word.", maxLength: 128),
                "ready": .string("Ready pods of all wanted pods, such as `3/4`.", maxLength: 32),
                "queue": .string("Where the job waits its turn, if anywhere.", maxLength: 253),
                "accelerators": .string(
                    "Devices that all pods ask for together, such as `4 nvidia.com/gpu`.", maxLength: 1_024),
                "nodes": .string(
                    "Where its pods are or, once it has ended, were; of many, the first few.", maxLength: 1_024),
                "restarts": .integer("Restarts that count against `backoffLimit`.", .count),
                "disruptions": .integer("Pods lost without fault of the program.", .count),
                "attempts": .array(
                    "What ended badly, oldest first: the story that stays when the pods are gone.",
                    of: attemptSchema, maxItems: 20_000),
                "observedGeneration": .observedGeneration,
            ])
    }

    private static var conditionSchema: Schema {
        .object(
            "One aspect of the job's state.",
            [
                "type": Schema.string("What this is about.", maxLength: 64).required,
                "status": Schema.enumeration("Whether it holds.", ["True", "False", "Unknown"]).required,
                "reason": .string("Why, as one stable CamelCase word for programs.", maxLength: 128),
                "message": .string("Why, as a sentence for people.", maxLength: 4_096),
                "lastUpdateTime": .time("When any field of this condition last changed."),
                "lastTransitionTime": .time("When the status last changed."),
            ])
    }

    private static var replicaStatusSchema: Schema {
        .object(
            "The pods of one type.",
            [
                "active": .integer("Pods that run, or still have to stop.", .count),
                "succeeded": .integer("Pods that have succeeded.", .count),
                "failed": .integer("Pods that have failed.", .count),
                "labelSelector": .opaque("Deprecated: see `selector`."),
                "selector": .string("Finds the pods of this type: `kubectl get pods -l <selector>`.", maxLength: 512),
                "restarts": .integer("Restarts of this type that count against `backoffLimit`.", .count),
                "disruptions": .integer("Pods of this type lost without fault of the program.", .count),
                "completedIndexes": .string(
                    "Replicas that have succeeded and are not started again, such as `0,2-4`.", maxLength: 65_536),
            ])
    }

    private static var attemptSchema: Schema {
        .object(
            "What happened to one pod.",
            [
                "pod": Schema.string("The pod's name.").required,
                "uid": Schema.string("The pod's uid.").required,
                "replicaType": Schema.enumeration("Its type.", ReplicaType.self).required,
                "index": Schema.integer("Its index within the type.", .count).required,
                "cause": Schema.enumeration(
                    "`Failure` of the program, which counts, or `Disruption` from outside, which does not.",
                    ["Failure", "Disruption"]
                ).required,
                "node": .string("Where it ran."),
                "container": .string("The container that ended so: `tensorflow`, or another that failed."),
                "exitCode": .integer("How the program ended.", .exitCode),
                "meaning": .string("What the exit code usually means.", maxLength: 256),
                "reason": .string(
                    "In the words of the node or the control plane, such as `OOMKilled`.", maxLength: 256),
                "message": .string("The end of the termination message or log.", maxLength: Attempt.messageLimit),
                "startTime": .time("When the pod started."),
                "endTime": .time("When it ended, or when the job did before it."),
                "containerRestarts": .integer("Restarts of containers inside the pod.", .count),
                "counted": .integer("By how much this pod raised `restarts`.", .count),
            ])
    }
}
