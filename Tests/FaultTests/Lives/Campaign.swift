import FoundationEssentials
import TestCluster
import Testing

/// Every life, once undisturbed and then with each fault at each of its writes.
struct Campaign: Sendable {
    let cluster: OperatorCluster
    let proxy: FaultProxy
    let interference: Interference
    let faults: [Fault]

    /// Courses that go on at the same time.
    private static let width = 8

    /// One controller of the whole cluster serves all courses in which none is killed, save those of lives whose
    /// controller has arguments of its own: they follow when that one is gone, each with its own.
    func run() async throws -> [Course.Outcome] {
        guard !faults.contains(where: \.kills) else { return try await run(Life.all, controllers: 1) }
        let controller = try ControllerProgram(
            on: cluster.server, token: cluster.token, behind: proxy.url,
            ["--no-leader-elect", "--workers", "32", "--log-level", "error"])
        let outcomes = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controller.runAgainAndAgain() }
            defer { group.cancelAll() }
            return try await run(Life.all.filter(\.arguments.isEmpty), controllers: 0)
        }
        return try await outcomes + run(Life.all.filter { !$0.arguments.isEmpty }, controllers: 1)
    }

    /// - Parameter controllers: How many each course has for itself.
    private func run(_ lives: [Life], controllers: Int) async throws -> [Course.Outcome] {
        let references = try await run(lives.map { course($0, controllers) })
        let byLife = Dictionary(uniqueKeysWithValues: references.map { ($0.life, $0) })
        var courses: [Course] = []
        for life in lives {
            guard let reference = byLife[life.description] else { continue }
            let writes = reference.run.writes.count
            for number in 1...max(1, writes) {
                for fault in faults where isTried(fault, at: number, of: writes, in: life) {
                    courses.append(course(life, controllers, (fault, number), reference))
                }
            }
        }
        return try await references + run(courses)
    }

    /// All points are tried with `AERIE_FAULTS=all`, as `make faults` sets it.
    ///
    /// Otherwise an experiment's controller is killed before and after every write. Death after one write and before the
    /// next leave the same world, and a TFJob's controller dies in about every third of these worlds. Of the other faults
    /// a part is tried. Where the counting begins differs from life to life.
    private func isTried(_ fault: Fault, at number: Int, of writes: Int, in life: Life) -> Bool {
        if ProcessInfo.processInfo.environment["AERIE_FAULTS"] == "all" { return true }
        if fault.kills && life.description == Life.experiment.description { return true }
        let place = number + life.description.count
        // Often enough that a short life meets each of them, though a disturbed one may do with fewer writes.
        let step = fault.kills ? max(3, min(6, writes - 2)) : max(1, min(12, writes - 2))
        switch fault {
        case .killBefore: return place % step == 0
        case .killAfter: return place % step == 2
        default: return (place + fault.rawValue.count) % step == 0
        }
    }

    private func course(
        _ life: Life, _ controllers: Int, _ fault: (kind: Fault, at: Int)? = nil, _ reference: Course.Outcome? = nil
    ) -> Course {
        Course(
            cluster: cluster, proxy: proxy, interference: interference, life: life, fault: fault, reference: reference,
            controllers: controllers)
    }

    private func run(_ courses: [Course]) async throws -> [Course.Outcome] {
        try await withThrowingTaskGroup(of: Course.Outcome.self) { group in
            var outcomes: [Course.Outcome] = []
            func add(_ outcome: Course.Outcome) {
                outcomes.append(outcome)
                if let failure = outcome.failure { Issue.record("\(failure)") }
            }
            for (position, course) in courses.enumerated() {
                if position >= Self.width, let outcome = try await group.next() { add(outcome) }
                group.addTask { try await course.run() }
            }
            for try await outcome in group { add(outcome) }
            return outcomes
        }
    }
}
