import Glibc
import KubernetesAPI
package import Logging

/// Which processes belong to a cluster, on disk, so that a later start ends what a killed one left behind.
package struct ProcessRecords: Sendable {
    /// Every process that is started for a cluster carries this variable with the cluster's folder as its value.
    package static let marker = "AERIE_LOCAL_CLUSTER"
    /// The record of the program that runs the cluster itself.
    package static let supervisor = "supervisor"

    let state: StateDirectory

    package init(state: StateDirectory) { self.state = state }

    package func write(_ name: String, _ process: ProcessIdentity) throws {
        try Files.write(try JSONValue(encoding: process).serialized, to: "\(state.processes)/\(name).json")
    }

    package func remove(_ name: String) throws { try Files.remove("\(state.processes)/\(name).json") }

    /// The recorded processes that still run, by name.
    package var running: [String: ProcessIdentity] {
        var found: [String: ProcessIdentity] = [:]
        for file in Files.list(state.processes) where file.hasSuffix(".json") {
            guard let bytes = try? Files.read("\(state.processes)/\(file)"),
                let process = try? JSONValue(parsing: bytes).decode(ProcessIdentity.self), process.isAlive
            else { continue }
            found[String(file.dropLast(5))] = process
        }
        return found
    }

    /// Processes of this cluster that run although the program that started them is gone: the recorded ones, and any
    /// other that carries the marker.
    package var leftovers: Set<ProcessIdentity> {
        let own = ProcessIdentity.current
        let recorded = running.filter { $0.key != Self.supervisor }.values
        return Set(recorded).union(ProcessTable.withEnvironment("\(Self.marker)=\(state.path)")).filter { $0 != own }
    }

    /// Ends every leftover: first asks, and after `patience` kills.
    package func endLeftovers(patience: Duration = .seconds(5), logger: Logger) async throws {
        let found = leftovers
        guard !found.isEmpty else { return }
        logger.info("ending processes of an earlier run", metadata: ["count": "\(found.count)"])
        for process in found { process.send(SIGTERM) }
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline, found.contains(where: \.isAlive) {
            try await Task.sleep(for: .milliseconds(50))
        }
        for process in found { process.send(SIGKILL) }
        while found.contains(where: \.isAlive) { try await Task.sleep(for: .milliseconds(20)) }
        for name in Files.list(state.processes) { try Files.remove("\(state.processes)/\(name)") }
    }
}
