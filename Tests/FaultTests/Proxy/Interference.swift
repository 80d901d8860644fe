import KubernetesAPI
import KubernetesClient
import NIOHTTP1
import Synchronization
import TestCluster

/// Counts the writes to each namespace and decides what happens to the one that is to be disturbed.
final class Interference: Sendable {
    /// What the proxy does with one write.
    enum Verdict: Sendable {
        case pass
        /// Ends the connection at once.
        case cut
        /// Sends it, does this once the server has answered, and ends the connection.
        case sendAndCut(then: @Sendable () async -> Void)
        case sendTwice
        /// Answers with 409 and this document without sending it.
        case refuse(String)
    }

    /// What is planned for one namespace, and what has happened there.
    struct Run: Sendable {
        var fault: (kind: Fault, at: Int)?
        /// Ends the controller of this namespace, and returns once it is on its way out.
        var kill: @Sendable () async -> Void = {}
        var writes: [String] = []
        /// Which write was disturbed, if any was.
        var struck: String?
        /// How many objects of a kind the server has made.
        var created: [String: Int] = [:]
    }

    private let runs = Mutex<[String: Run]>([:])
    /// Plays the other people of the cluster.
    private let admin: KubernetesClient

    init(admin: KubernetesClient) { self.admin = admin }

    subscript(_ namespace: String) -> Run {
        get { runs.withLock { $0[namespace] ?? Run() } }
        set { runs.withLock { $0[namespace] = newValue } }
    }

    /// Takes note of what the server made of a write.
    func note(_ request: ProxiedRequest, in namespace: String, status: UInt) {
        guard request.head.method == .POST, status == 201 else { return }
        runs.withLock { $0[namespace, default: Run()].created[request.plural, default: 0] += 1 }
    }

    func decide(on request: ProxiedRequest, in namespace: String) async -> Verdict {
        let (fault, kill) = runs.withLock { runs -> (Fault?, @Sendable () async -> Void) in
            var run = runs[namespace] ?? Run()
            defer { runs[namespace] = run }
            run.writes.append(request.summary)
            guard let fault = run.fault, run.writes.count == fault.at else { return (nil, {}) }
            run.struck = request.summary
            return (fault.kind, run.kill)
        }
        switch fault {
        case nil: return .pass
        case .killBefore:
            await kill()
            return .cut
        case .killAfter: return .sendAndCut(then: kill)
        case .drop: return .cut
        case .lose: return .sendAndCut(then: {})
        case .delay:
            // Cancelled only when the tests end.
            try? await Task.sleep(for: .seconds(3))
            return .pass
        case .duplicate: return .sendTwice
        case .conflict:
            // Only an update carries the version that it was decided on.
            guard request.head.method == .PUT else { return .refuse(Self.conflict) }
            await touch(request, in: namespace)
            return .pass
        }
    }

    /// Changes the object of a request, so that its version is a new one.
    private func touch(_ request: ProxiedRequest, in namespace: String) async {
        guard let resource = WatchedKinds.all.first(where: { $0.plural == request.plural }) else { return }
        let reference = Reference(resource, namespace: namespace, name: request.name)
        let patch: JSONValue = ["metadata": ["annotations": .object([Self.annotation: "yes"])]]
        // Where the object is gone the write meets that instead.
        _ = try? await admin.patch(reference, patch)
    }

    /// What ``touch(_:in:)`` leaves behind.
    static let annotation = "faults.example/touched"

    private static let conflict = """
        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":"Conflict","code":409,\
        "message":"Operation cannot be fulfilled: try again"}
        """
}
