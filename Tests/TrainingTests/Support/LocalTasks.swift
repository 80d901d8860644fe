import Glibc
import KubernetesAPI

/// The tasks of a distributed training as processes of this machine, all with the same port on addresses of their own.
final class LocalTasks {
    private let fixture: TrialFixture
    private let cluster: [String: [String]]
    private var running: [String: ChildProcess] = [:]
    private var attempts: [String: Int] = [:]

    /// `counts` has the number of tasks of each type.
    init(_ fixture: TrialFixture, _ counts: [String: Int], variables: [String: String] = [:]) {
        // A network of loopback addresses that no other cluster of these tests is likely to have.
        let network = "127.\(Int.random(in: 80...200)).\(Int.random(in: 1...254))"
        var host = 0
        cluster = Dictionary(
            uniqueKeysWithValues: counts.sorted { $0.key < $1.key }.map { type, count in
                let addresses = (0..<count).map { _ in
                    host += 1
                    return "\(network).\(host):2222"
                }
                return (type, addresses)
            })
        var fixture = fixture
        fixture.variables = variables
        fixture.variables["TF_CPP_MIN_LOG_LEVEL"] = "2"
        self.fixture = fixture
    }

    deinit { for child in running.values { child.signal(SIGKILL) } }

    var names: [String] {
        cluster.sorted { $0.key < $1.key }.flatMap { type, addresses in addresses.indices.map { "\(type)-\($0)" } }
    }

    /// Where a task of this name, `worker-1`, listens.
    func address(_ name: String) -> String {
        let parts = name.split(separator: "-")
        return cluster[String(parts[0])]?[Int(parts[1]) ?? 0] ?? ""
    }

    func start(_ name: String, change: (inout TrialFixture) -> Void = { _ in }) throws {
        let parts = name.split(separator: "-")
        let configuration: JSONValue = [
            "cluster": JSONValue.object(cluster.mapValues { .array($0.map { .string($0) }) }),
            "task": ["type": .string(String(parts[0])), "index": JSONValue(Int(parts[1]) ?? 0)],
        ]
        var fixture = fixture
        fixture.variables["TF_CONFIG"] = configuration.description
        change(&fixture)
        attempts[name, default: 0] += 1
        running[name] = try fixture.start(attempt: "\(name)-\(attempts[name] ?? 0)")
    }

    /// What the last process of that name left for the kubelet.
    func message(_ name: String) throws -> String {
        try fixture.folder.text("termination-\(name)-\(attempts[name] ?? 0)")
    }

    func signal(_ name: String, _ number: Int32) { running[name]?.signal(number) }

    func wait(_ name: String) throws -> ChildProcess.Ending {
        guard let child = running.removeValue(forKey: name) else { throw TestFailure("\(name) does not run") }
        return try child.wait()
    }

    /// Waits until a task has printed something.
    func wait(_ name: String, toPrint text: String, seconds: Int = 120) throws {
        for _ in 0..<seconds * 20 {
            if try running[name]?.output().contains(text) == true { return }
            usleep(50_000)
        }
        throw TestFailure("\(name) did not print \(text): \(try running[name]?.output() ?? "")")
    }
}
