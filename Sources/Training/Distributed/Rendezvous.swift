import AerieAPI
import Glibc
import KubernetesAPI
import TensorFlow

/// The lead's wait for all other tasks.
struct Rendezvous {
    private let member: ClusterMember

    init(_ member: ClusterMember) { self.member = member }

    func announcements() throws(TrainingError) -> [ClusterTask: TaskAnnouncement] {
        var found: [ClusterTask: TaskAnnouncement] = [:]
        var problems: [ClusterTask: String] = [:]
        let start = member.clock.uptime()
        var reminder = start + 1
        while true {
            let missing = member.topology.peers.filter { found[$0] == nil }
            for task in missing {
                switch try ask(task) {
                case .success(let announcement): found[task] = announcement
                case .failure(let problem): problems[task] = problem.description
                }
            }
            if found.count == member.topology.peers.count { return found }
            if member.isStopping() { throw TrainingError(.interrupted, "stopped while waiting for other tasks") }
            let now = member.clock.uptime()
            let waiting = member.topology.peers.filter { found[$0] == nil }
                .map { "\($0): \(problems[$0] ?? "not asked")" }.joined(separator: "; ")
            if now - start >= Double(member.timeouts.peer) {
                throw TrainingError(
                    .peerUnavailable,
                    "waited \(member.timeouts.peer) s (\(ClusterTimeouts.peerVariable)) for \(waiting)")
            }
            if now >= reminder {
                member.log.log(
                    .info, "waiting for other tasks",
                    [
                        "tasks": .string(waiting), "seconds": JSONValue(Int(now - start)),
                        "of": JSONValue(member.timeouts.peer),
                    ])
                reminder = now + ClusterMember.reminderInterval
            }
            usleep(100_000)
        }
    }

    private struct Problem: Error {
        var description: String
    }

    private func ask(_ task: ClusterTask) throws(TrainingError) -> Result<TaskAnnouncement, Problem> {
        guard HostAddress.isListening(task) else { return .failure(Problem(description: "nothing listens there")) }
        let text: String?
        do { text = try member.note(.announcement, of: task).read() } catch {
            return .failure(Problem(description: error.summary))
        }
        guard let text else { return .failure(Problem(description: "it is not ready yet")) }
        do { return .success(try JSONValue(parsing: text).decode()) } catch {
            throw TrainingError(.badConfiguration, "\(task) runs another version of the trainer: use one image")
        }
    }
}
