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
        var inquiries: [ClusterTask: Inquiry] = [:]
        let start = member.clock.uptime()
        var reminder = start + 1
        while true {
            let missing = member.topology.peers.filter { found[$0] == nil }
            for task in missing {
                guard let inquiry = inquiries[task] else {
                    problems[task] = "nothing listens there"
                    guard HostAddress.isListening(task) else { continue }
                    problems[task] = "it does not answer"
                    inquiries[task] = member.inquiry(.announcement, of: task)
                    continue
                }
                guard let result = inquiry.result else { continue }
                inquiries[task] = nil
                switch result {
                case .success(let text?): found[task] = try announcement(text, of: task)
                case .success(nil): problems[task] = "it is not ready yet"
                case .failure(let error): problems[task] = error.summary
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

    private func announcement(_ text: String, of task: ClusterTask) throws(TrainingError) -> TaskAnnouncement {
        do { return try JSONValue(parsing: text).decode() } catch {
            throw TrainingError(.badConfiguration, "\(task) runs another version of the trainer: use one image")
        }
    }
}
