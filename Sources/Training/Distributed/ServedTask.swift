import AerieAPI
import Glibc
import KubernetesAPI
import TensorFlow

/// A task that computes for the lead: a worker or a parameter server.
public struct ServedTask {
    private let member: ClusterMember

    /// Seconds between two looks at whether the lead is there.
    private static let probeInterval = 2.0

    public init(_ member: ClusterMember) { self.member = member }

    /// Serves, and blocks until the lead says that this task is not needed any more; gives what it said.
    ///
    /// Throws ``TrainingError``: `interrupted` when asked to stop, `peerUnavailable` when the lead was not there for too
    /// long, and what is wrong with the task's own data.
    public func run() throws(TrainingError) -> String {
        let announcement = try TaskAnnouncement(member)
        let own = member.topology.own
        do {
            let text = try JSONValue(encoding: announcement).description
            try patiently { () throws(TFError) in try member.note(.announcement, of: own).write(text) }
            member.log.log(.info, "ready", ["task": .string("\(own)")])
            return try serve()
        } catch let error as TrainingError { throw error } catch {
            throw TrainingError(.trainingFailed, "\(own): \((error as? TFError)?.summary ?? "\(error)")")
        }
    }

    /// Asks this task's own server again when it is too busy to answer in time.
    private func patiently<Result>(_ ask: () throws(TFError) -> Result) throws(TFError) -> Result {
        let start = member.clock.uptime()
        while true {
            do { return try ask() } catch {
                guard error.isLostTask, member.clock.uptime() - start < Double(member.timeouts.peer),
                    !member.isStopping()
                else { throw error }
            }
            usleep(100_000)
        }
    }

    /// Reads a note; a session that did not answer in time is not used again.
    private func read(_ note: inout TaskNote) throws(TFError) -> String? {
        do { return try note.read() } catch {
            note = try member.note(.ending, of: member.topology.own)
            throw error
        }
    }

    private func serve() throws -> String {
        var ending = try member.note(.ending, of: member.topology.own)
        var lastSeen = member.clock.uptime()
        var nextProbe = lastSeen
        var reminder = lastSeen + ClusterMember.reminderInterval
        while true {
            if member.isStopping() { throw TrainingError(.interrupted, "stopped while serving") }
            let reason = try patiently { () throws(TFError) in try read(&ending) }
            if let reason {
                // The lead shall hear that it was heard.
                usleep(500_000)
                return reason
            }
            let now = member.clock.uptime()
            if now >= nextProbe {
                nextProbe = now + Self.probeInterval
                if HostAddress.isListening(member.topology.lead) {
                    lastSeen = member.clock.uptime()
                } else if let reason = recordedEnding() {
                    return reason
                }
                let away = member.clock.uptime() - lastSeen
                if away >= Double(member.timeouts.peer) {
                    throw TrainingError(
                        .peerUnavailable,
                        "waited \(member.timeouts.peer) s (\(ClusterTimeouts.peerVariable)) for "
                            + "\(member.topology.lead): nothing listens there")
                }
                if away > Self.probeInterval, now >= reminder {
                    reminder = now + ClusterMember.reminderInterval
                    member.log.log(
                        .info, "waiting for the lead",
                        [
                            "task": .string("\(member.topology.lead)"), "seconds": JSONValue(Int(away)),
                            "of": JSONValue(member.timeouts.peer),
                        ])
                }
            }
            usleep(200_000)
        }
    }

    /// How the training ended, where this task can see the store: the lead may have ended while this task was away.
    private func recordedEnding() -> String? {
        let specification = member.specification
        let folder = TrialFolder(specification.folder)
        do {
            guard let record = try folder.record() else { return nil }
            try record.check(
                trialUID: specification.trialUID, trainer: specification.configuration,
                datasetDigest: specification.datasetDigest, folder: specification.folder)
            return try CompletedTrial(folder).result { member.log.log(.warning, $0) }?.reason
        } catch {
            // What is wrong with the folder the lead says, to which it matters.
            return nil
        }
    }
}

extension TaskAnnouncement {
    /// Looks at the data of a task that computes shares of the batches.
    init(_ member: ClusterMember) throws(TrainingError) {
        let specification = member.specification
        var data: Data?
        if member.topology.own.role != .parameterServer {
            let dataset = try Dataset(directory: specification.dataset)
            try dataset.check(digest: specification.datasetDigest)
            data = Data(digest: dataset.digest, file: try dataset.file(of: "train"))
        }
        self.init(
            tensorFlow: TensorFlowLibrary.version,
            parametersDigest: TrialRecord.parametersDigest(of: specification.configuration), data: data)
    }
}
