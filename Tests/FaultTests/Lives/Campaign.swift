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

    /// One controller of the whole cluster serves all courses in which none is killed.
    private var sharesController: Bool { !faults.contains(where: \.kills) }

    func run() async throws -> [Course.Outcome] {
        guard sharesController else { return try await runAll() }
        let controller = try ControllerProgram(
            on: cluster.server, token: cluster.token, behind: proxy.url,
            ["--no-leader-elect", "--workers", "32", "--log-level", "error"])
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controller.runAgainAndAgain() }
            defer { group.cancelAll() }
            return try await runAll()
        }
    }

    private func runAll() async throws -> [Course.Outcome] {
        let references = try await run(Life.all.map { course($0) })
        let byLife = Dictionary(uniqueKeysWithValues: references.map { ($0.life, $0) })
        var courses: [Course] = []
        for life in Life.all {
            guard let reference = byLife[life.description] else { continue }
            for number in 1...max(1, reference.run.writes.count) {
                for fault in faults where isTried(fault, at: number, of: life) {
                    courses.append(course(life, (fault, number), reference))
                }
            }
        }
        return try await references + run(courses)
    }

    /// All points are tried with `AERIE_FAULTS=all`, as `make faults` sets it.
    ///
    /// Otherwise an experiment's controller is killed before and after every write. Death after one write and before the
    /// next leave the same world, so for a TFJob every second write is enough to come to each of them once. Of the other
    /// faults a part is tried, another for each life.
    private func isTried(_ fault: Fault, at number: Int, of life: Life) -> Bool {
        if ProcessInfo.processInfo.environment["AERIE_FAULTS"] == "all" { return true }
        if fault.kills { return life.description == Life.experiment.description || number % 2 == 1 }
        return (number + fault.rawValue.count + life.description.count) % 6 == 0
    }

    private func course(
        _ life: Life, _ fault: (kind: Fault, at: Int)? = nil, _ reference: Course.Outcome? = nil
    ) -> Course {
        Course(
            cluster: cluster, proxy: proxy, interference: interference, life: life, fault: fault, reference: reference,
            controllers: sharesController ? 0 : 1)
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
