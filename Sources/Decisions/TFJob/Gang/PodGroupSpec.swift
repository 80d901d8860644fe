import AerieAPI
import KubernetesAPI

/// What the PodGroup of a job asks the scheduler for.
struct PodGroupSpec {
    private let job: TFJob
    private let replicas: [TFJob.Replica]
    private let priorities: [String: Int]

    init(job: TFJob, replicas: [TFJob.Replica], priorities: [String: Int]) {
        self.job = job
        self.replicas = replicas
        self.priorities = priorities
    }

    /// The fields that we write, whether they have a value or not; others of the group are the scheduler's.
    static let fields = ["minMember", "queue", "priorityClassName", "minResources", "scheduleTimeoutSeconds"]

    /// - Parameter stored: The group as it is: the queue of a group is chosen once.
    func json(for scheduler: GangScheduler, stored: JSONValue?) -> JSONValue {
        let policy = job.spec.runPolicy.schedulingPolicy
        switch scheduler {
        case .volcano:
            let queue = stored?["queue"]?.stringValue?.nonEmpty ?? policy?.queue?.nonEmpty ?? "default"
            return JSONValue(compacting: [
                "minMember": JSONValue(minMember), "queue": .string(queue), "minResources": minResources,
                "priorityClassName": policy?.priorityClass?.nonEmpty.map(JSONValue.string),
            ])
        case .schedulerPlugins:
            let resources = minResources
            return JSONValue(compacting: [
                "minMember": JSONValue(minMember), "minResources": resources == [:] ? Optional.none : resources,
                "scheduleTimeoutSeconds": policy?.scheduleTimeoutSeconds.map { JSONValue($0) },
            ])
        }
    }

    private var minMember: Int {
        job.spec.runPolicy.schedulingPolicy?.minAvailable ?? replicas.total(\.count)
    }

    /// What the most important pods need together, as many as must start: those whose PriorityClass has the highest
    /// value, and among equals in the order of types.
    private var minResources: JSONValue {
        if let written = job.spec.runPolicy.schedulingPolicy?.minResources { return written }
        let order = replicas.enumerated().sorted { left, right in
            let (former, latter) = (priority(of: left.element), priority(of: right.element))
            return former == latter ? left.offset < right.offset : former > latter
        }
        var open = minMember
        var sum: [String: Quantity] = [:]
        for (_, replica) in order {
            let count = min(open, replica.count)
            guard count > 0 else { continue }
            open = open.subtractingWithSaturation(count)
            // Cannot overflow: quantities saturate.
            sum.merge(replica.requests.mapValues { $0 * count }, uniquingKeysWith: +)
        }
        return .object(sum.mapValues { .string($0.description) })
    }

    private func priority(of replica: TFJob.Replica) -> Int {
        replica.writtenTemplate["spec"]?["priorityClassName"]?.stringValue.flatMap { priorities[$0] } ?? 0
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
