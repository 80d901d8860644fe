import Glibc

/// One process of this machine for as long as the machine runs: a pid alone may have been given to another since.
package struct ProcessIdentity: Codable, Hashable, Sendable {
    package var pid: Int32
    /// When it started, in clock ticks since the machine did (field 22 of `/proc/PID/stat`).
    package var startTime: UInt64
    /// Which boot the ticks count from.
    package var boot: String

    /// The process that has this pid now; `nil` when there is none or it has ended and only waits to be reaped.
    package init?(pid: Int32) {
        guard let status = ProcessStatus(pid: pid), !status.isZombie else { return nil }
        self.pid = pid
        startTime = status.startTime
        boot = Self.currentBoot
    }

    /// This process.
    package static var current: ProcessIdentity? { ProcessIdentity(pid: getpid()) }

    package var isAlive: Bool { ProcessIdentity(pid: pid) == self }

    /// Sends a signal if it is still the same process.
    ///
    /// - Returns: Whether there was anyone to send it to.
    @discardableResult package func send(_ signal: Int32) -> Bool { isAlive && kill(pid, signal) == 0 }

    /// Resident memory in bytes; 0 once it has ended.
    package var residentMemory: Int { isAlive ? (ProcessStatus(pid: pid)?.residentPages ?? 0) * Int(getpagesize()) : 0 }

    private static let currentBoot: String =
        (try? Files.readText("/proc/sys/kernel/random/boot_id"))?.split(separator: "\n").first.map(String.init) ?? ""
}

/// What `/proc/PID/stat` tells.
struct ProcessStatus: Hashable {
    var parent: Int32
    var isZombie: Bool
    var startTime: UInt64
    var residentPages: Int

    init?(pid: Int32) {
        guard let text = try? Files.readText("/proc/\(pid)/stat") else { return nil }
        self.init(text)
    }

    /// The program's name stands in parentheses and may itself contain spaces and parentheses.
    init?(_ text: String) {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 21, let parent = Int32(fields[1]), let startTime = UInt64(fields[19]),
            let pages = Int(fields[21])
        else { return nil }
        self.parent = parent
        self.startTime = startTime
        isZombie = fields[0] == "Z" || fields[0] == "X"
        residentPages = pages
    }
}

/// The processes of this machine.
package enum ProcessTable {
    package static var pids: [Int32] { Files.list("/proc").compactMap { Int32($0) } }

    /// The direct children of a process.
    static func children(of pid: Int32) -> [Int32] {
        if let text = try? Files.readText("/proc/\(pid)/task/\(pid)/children"), !text.isEmpty {
            return text.split(separator: " ").compactMap { Int32($0) }
        }
        return pids.filter { ProcessStatus(pid: $0)?.parent == pid }
    }

    /// Every process whose environment, as it was when its program started, contains this `NAME=value`.
    package static func withEnvironment(_ entry: String) -> [ProcessIdentity] {
        let wanted = Array(entry.utf8)
        return pids.compactMap { pid in
            guard pid != getpid(), let environment = try? Files.read("/proc/\(pid)/environ"),
                environment.split(separator: 0).contains(where: { $0.elementsEqual(wanted) })
            else { return nil }
            return ProcessIdentity(pid: pid)
        }
    }
}
