import AerieAPI
import Decisions
import KubernetesAPI

/// What really happened to the pods of a job, and how much of it the controller has had on record.
///
/// The world's own books: nothing here is taken from a status.
struct SimulatedTruth {
    struct Replica: Hashable {
        var type: TFJob.ReplicaType
        var index: Int
    }

    /// How a pod ended.
    enum Ending: Hashable {
        case succeeded
        /// By its program, with an exit code unless no container ever said one.
        case failed(exitCode: Int?)
        /// By somebody else.
        case disrupted
    }

    /// Why there may be another pod after one.
    enum Loss: String {
        case failure, disruption, suspension, scaling
    }

    struct Story {
        var replica: Replica
        var created: Time
        var ending: Ending?
        var loss: Loss?
        /// What the controller has put on record.
        var seenRestarts = 0
        var isEndSeen = false
        var isLeavingSeen = false
    }

    /// By uid.
    private(set) var stories: [String: Story] = [:]
    /// Replicas whose success is on record, since the last suspension.
    private(set) var completed: Set<Replica> = []
    /// Whether two pods of one replica, or two clocks, make it a matter of taste what counts.
    var isAmbiguous = false
    var suspensions = 0
    /// How many were made.
    var podGroups = 0
    /// How often a program ended with a code, by the words of the event that tells of it.
    private(set) var exits: [String: Int] = [:]

    func losses(_ replica: Replica) -> [Loss?] {
        stories.values.filter { $0.replica == replica }.map(\.loss)
    }

    // MARK: - What happens

    mutating func began(_ pod: Pod, _ replica: Replica) {
        stories[pod.metadata.uid] = Story(
            replica: replica, created: pod.metadata.creationTimestamp ?? Time(seconds: 0))
    }

    /// - Parameters:
    ///   - pod: As it was before.
    ///   - ending: What its program did.
    ///   - isTarget: Whether somebody else had said that he would end it.
    mutating func ended(_ pod: Pod, _ ending: Ending, isTarget: Bool) {
        let uid = pod.metadata.uid
        let isDisrupted = ending != .succeeded && (isTarget || pod.isLeaving)
        stories[uid]?.ending = isDisrupted ? .disrupted : ending
        switch stories[uid]?.ending {
        case .failed: lost(uid, .failure)
        case .disrupted: lost(uid, .disruption)
        case .succeeded, nil: break
        }
        switch ending {
        case .failed(let code?): exits["\(pod.metadata.name) \(code)", default: 0] += 1
        case .succeeded: exits["\(pod.metadata.name) 0", default: 0] += 1
        default: break
        }
    }

    /// Somebody else than the controller sends a pod away, or takes it away at once.
    mutating func wasTaken(_ pod: Pod) {
        guard let story = stories[pod.metadata.uid] else { return }
        // A success that is on record is never repeated.
        if story.ending == .succeeded, story.isEndSeen { return }
        lost(pod.metadata.uid, .disruption)
    }

    mutating func wereScaled(_ type: TFJob.ReplicaType, to count: Int) {
        for (uid, story) in stories where story.replica.type == type && story.replica.index >= count {
            lost(uid, .scaling)
        }
    }

    /// The controller deletes a pod that it made for a size that the job no longer had.
    mutating func wasSurplus(_ pod: Pod) { lost(pod.metadata.uid, .scaling) }

    private mutating func lost(_ uid: String, _ loss: Loss) {
        if stories[uid]?.loss == nil { stories[uid]?.loss = loss }
    }

    // MARK: - What is on record

    /// A decision about a job has become the job's status.
    mutating func wasRecorded(_ observed: TFJobDecision.Observed, startTime: Time?) {
        let job = observed.job
        guard job.status?.isFinished != true else { return }
        guard !job.isSuspended else {
            completed = []
            for uid in stories.keys { lost(uid, .suspension) }
            return
        }
        let counts = job.spec.tfReplicaSpecs.mapValues { $0.replicas ?? 1 }
        completed = completed.filter { $0.index < counts[$0.type] ?? 0 }
        for pod in observed.pods {
            guard var story = stories[pod.metadata.uid],
                story.replica.index < counts[story.replica.type] ?? 0
            else {
                continue
            }
            let isLeaving = pod.metadata.deletionTimestamp != nil
            // Pods that a suspension sent away are still going when the job is resumed.
            if isLeaving, let startTime, story.created < startTime { continue }
            story.seenRestarts = max(story.seenRestarts, pod.restarts)
            if pod.phase == .succeeded || pod.phase == .failed { story.isEndSeen = true }
            if pod.phase == .succeeded { completed.insert(story.replica) }
            if isLeaving, pod.phase != .succeeded { story.isLeavingSeen = true }
            stories[pod.metadata.uid] = story
        }
    }

    /// Failures on record after which the program is started again, by the rules of the restart policies.
    func failures(of job: TFJob) -> Int {
        stories.values.reduce(0) { sum, story in
            sum + story.seenRestarts + (story.isEndSeen && isRestarted(story, job) == true ? 1 : 0)
        }
    }

    /// Of all containers in place, on record.
    var restarts: Int { stories.values.reduce(0) { $0 + $1.seenRestarts } }

    /// Whether a pod whose failure is on record ends more than itself.
    func hasFinalFailure(of job: TFJob) -> Bool {
        stories.values.contains { $0.isEndSeen && isRestarted($0, job) == false }
    }

    /// `nil` where the program is not to blame.
    private func isRestarted(_ story: Story, _ job: TFJob) -> Bool? {
        guard case .failed(let exitCode)? = story.ending else { return nil }
        return switch job.spec.tfReplicaSpecs[story.replica.type]?.restartPolicy?.value ?? .never {
        case .always, .onFailure: true
        case .exitCode: exitCode.map { $0 >= 128 } ?? true
        case .never: false
        }
    }

    /// Pods on record that were taken away or are on their way out, whoever sent them.
    var disruptions: Int {
        stories.values.count { story in
            if case .failed? = story.ending, story.isEndSeen { return false }
            return story.isLeavingSeen || story.isEndSeen && story.ending == .disrupted
        }
    }
}

extension Pod {
    /// Of all containers, in place.
    var restarts: Int { (status?.containerStatuses ?? []).reduce(0) { $0 + ($1.restartCount ?? 0) } }
    var isOver: Bool { phase == .succeeded || phase == .failed }
    var isLeaving: Bool { metadata.deletionTimestamp != nil }
}
