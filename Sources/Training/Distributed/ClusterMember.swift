public import AerieAPI
import CListenAddress
import Dispatch
import Glibc
import KubernetesAPI
import TensorFlow

/// This process as a task of a distributed training.
///
/// The lead drives: it alone builds the graph of a step, which spans all tasks, and it alone evaluates and saves. The
/// other tasks serve until the lead says that they are not needed any more, so one that is lost and comes back has
/// nothing to catch up with: the lead goes on from its last checkpoint.
public final class ClusterMember {
    public let topology: ClusterTopology
    let specification: TrialSpecification
    let timeouts: ClusterTimeouts
    let log: TrialLog
    let clock: TrialClock
    let isStopping: () -> Bool
    private let server: Server

    /// Milliseconds that a note may take: tasks that do not answer a short question do not train either.
    static let noteTimeout = 5000
    /// Seconds between two lines that tell who is waited for.
    static let reminderInterval = 10.0

    /// Starts this task's server.
    ///
    /// The process has to leave by `_exit` from now on, see ``Server``.
    ///
    /// Where the task's own name stands for a loopback address the server listens there and nowhere else, so that
    /// several tasks can have the same port on one machine.
    public init(
        _ topology: ClusterTopology, _ specification: TrialSpecification, timeouts: ClusterTimeouts, log: TrialLog,
        clock: TrialClock, isStopping: @escaping () -> Bool
    ) throws(TrainingError) {
        self.topology = topology
        self.specification = specification
        self.timeouts = timeouts
        self.log = log
        self.clock = clock
        self.isStopping = isStopping
        server = try Self.start(topology, threads: specification.configuration.training.threads)
        log.log(.info, "listening", ["task": .string("\(topology.own)"), "lead": .string("\(topology.lead)")])
    }

    /// Tries for some seconds: what this task was before may still be about to end, and its name may not be known yet.
    ///
    /// A task whose name nobody knows even then listens on all addresses.
    private static func start(_ topology: ClusterTopology, threads: Int) throws(TrainingError) -> Server {
        // One thread more than a step needs, so that a question of another task is answered meanwhile.
        let configuration = SessionConfiguration(intraOperationThreads: threads, interOperationThreads: threads + 1)
        var problem = ""
        for attempt in 1...20 {
            if attempt < 20, !HostAddress.isKnown(topology.own) {
                usleep(500_000)
                continue
            }
            listen_address_set(HostAddress.loopback(of: topology.own) ?? 0)
            do {
                return try Server(
                    jobs: topology.addresses, job: topology.own.role.rawValue, task: topology.own.index,
                    configuration: configuration)
            } catch { problem = error.summary }
            usleep(500_000)
        }
        throw TrainingError(.trainingFailed, "\(topology.own) cannot listen on its port: \(problem)")
    }

    func note(_ name: TaskNote.Name, of task: ClusterTask) throws(TFError) -> TaskNote {
        try TaskNote(name, of: task, by: topology.own, target: server.target, timeout: Self.noteTimeout)
    }

    /// Asks another task for a note, or writes it.
    func inquiry(_ name: TaskNote.Name, of task: ClusterTask, writing text: String? = nil) -> Inquiry {
        let own = topology.own
        let target = server.target
        return Inquiry { () throws(TFError) -> String? in
            let note = try TaskNote(name, of: task, by: own, target: target, timeout: Self.noteTimeout)
            guard let text else { return try note.read() }
            try note.write(text)
            return text
        }
    }

    /// Does what may wait for ever if a task freezes just then; ends the process, for another try, when it does.
    func limited<Result>(_ body: () throws -> Result) rethrows -> Result {
        let seconds = 2 * timeouts.step
        let watch = DispatchWorkItem { [log] in
            log.log(.error, "the tasks did not answer within \(seconds) s; another try may help")
            _exit(TrialExitCode.temporaryFailure.rawValue)
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds), execute: watch)
        defer { watch.cancel() }
        return try body()
    }

    /// Who computes what once all tasks are there.
    ///
    /// Waits for them. Throws ``TrainingError`` `peerUnavailable` that names
    /// those that did not come in time, and the error of a task that does not fit.
    func gather(_ own: TaskAnnouncement) throws(TrainingError) -> StepLayout {
        let others = try Rendezvous(self).announcements()
        for (task, announcement) in others { try announcement.check(task, fits: own) }
        var trainers: [StepLayout.Trainer] = []
        for task in topology.trainers {
            let announcement = task == topology.own ? own : others[task]
            guard let data = announcement?.data else {
                throw TrainingError(.badConfiguration, "\(task) was started as a parameter server")
            }
            trainers.append(StepLayout.Trainer(device: task.device, file: data.file))
        }
        return StepLayout(
            target: server.target, trainers: trainers, parameterServers: topology.parameterServers.map(\.device),
            operationTimeout: timeouts.step * 1000)
    }

    /// Tells all others that they are not needed any more, those that are there within some seconds.
    public func release(_ reason: TrialResult.Reason) {
        var waiting = topology.peers
        var inquiries: [ClusterTask: Inquiry] = [:]
        let deadline = clock.uptime() + Double(min(timeouts.peer, 30))
        while !waiting.isEmpty, clock.uptime() < deadline, !isStopping() {
            waiting.removeAll { task in
                switch inquiries[task]?.result {
                case .success: return true
                case .failure: inquiries[task] = nil
                case nil: break
                }
                if inquiries[task] == nil, HostAddress.isListening(task) {
                    inquiries[task] = inquiry(.ending, of: task, writing: reason.rawValue)
                }
                return false
            }
            if !waiting.isEmpty { usleep(100_000) }
        }
        for task in waiting {
            log.log(.warning, "could not be told that the training has ended", ["task": .string("\(task)")])
        }
    }
}
