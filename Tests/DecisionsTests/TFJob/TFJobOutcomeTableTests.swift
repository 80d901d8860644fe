import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// Every mixture of replica types, states of their pods, success policies and restart policies.
@Suite struct TFJobOutcomeTableTests {
    /// What differs between jobs, the states of their pods aside.
    struct Shape: Sendable, CustomTestStringConvertible {
        var chief: TFJob.ReplicaType?
        var allWorkers: Bool
        var restartPolicy: TFJob.ReplicaSpec.RestartPolicy
        var isDynamic: Bool

        var testDescription: String {
            "\(chief?.rawValue ?? "no chief"), \(restartPolicy.rawValue), all workers: \(allWorkers), "
                + "dynamic: \(isDynamic)"
        }
    }

    static let shapes: [Shape] = [TFJob.ReplicaType.chief, .master, nil].flatMap { chief in
        [(false, false), (true, false), (false, true)].flatMap { allWorkers, isDynamic in
            // What dynamic workers change is what becomes of a failure that is not restarted.
            [TFJob.ReplicaSpec.RestartPolicy.never, .exitCode, .onFailure].prefix(isDynamic ? 2 : 3).map { policy in
                Shape(chief: chief, allWorkers: allWorkers, restartPolicy: policy, isDynamic: isDynamic)
            }
        }
    }

    /// All words of at most this many letters; `nil` stands for a type that the job does not have.
    private static func words(_ letters: String, upTo count: Int) -> [String?] {
        var all: [String?] = [nil]
        var latest = [""]
        for _ in 0..<count {
            latest = latest.flatMap { word in letters.map { word + String($0) } }
            all += latest
        }
        return all
    }

    private static func rows(_ shape: Shape) -> [TFJobOutcomeOracle] {
        // The two codes differ under one policy only.
        let letters = shape.restartPolicy == .exitCode ? "RSFK" : "RSF"
        let chiefs: [String?] = shape.chief == nil ? [nil] : letters.map { String($0) }
        return chiefs.flatMap { chief in
            words(letters, upTo: shape.chief == .master ? 1 : 2).flatMap { workers in
                words("RSF", upTo: 1).flatMap { servers in
                    words("RSF", upTo: 1).compactMap { evaluator in
                        var pods: [TFJob.ReplicaType: String] = [:]
                        if let type = shape.chief { pods[type] = chief }
                        pods[.worker] = workers
                        pods[.ps] = servers
                        pods[.evaluator] = evaluator
                        return pods.isEmpty
                            ? nil
                            : TFJobOutcomeOracle(
                                pods: pods, allWorkers: shape.allWorkers, restartPolicy: shape.restartPolicy,
                                isDynamic: shape.isDynamic)
                    }
                }
            }
        }
    }

    /// The job of a row with its pods in these states, and nothing said about it yet.
    private func world(_ row: TFJobOutcomeOracle) -> TFJobWorld {
        let job = TFJob.fixture(
            workers: row.pods[.worker]?.count, chief: row.pods[.chief]?.count, master: row.pods[.master]?.count,
            ps: row.pods[.ps]?.count, evaluator: row.pods[.evaluator]?.count, restartPolicy: row.restartPolicy,
            successPolicy: row.allWorkers ? .allWorkers : nil, dynamic: row.isDynamic)
        var world = TFJobWorld(job)
        for (type, letters) in row.pods {
            for (index, letter) in letters.enumerated() {
                var metadata = ObjectMeta(name: job.childName(type, index), namespace: "ml", uid: "\(type)-\(index)")
                metadata.labels = job.labels(type, index)
                metadata.ownerReferences = [OwnerReference(controller: job)]
                var pod = Pod(metadata: metadata)
                pod.become(letter, at: world.now)
                world.pods.append(pod)
            }
        }
        return world
    }

    @Test(arguments: shapes) func `a job ends as the rules say`(shape: Shape) throws {
        let rows = Self.rows(shape)
        #expect(rows.count >= 192)
        for row in rows {
            var world = world(row)
            try world.reconcile()
            let expected = row.outcome
            #expect(world.state == expected.state, "\(row)")
            if let message = expected.message {
                #expect(world.status.conditions.last?.message == message, "\(row)")
            }
            #expect(world.status.isFinished == (expected.state == "Succeeded" || expected.state == "Failed"), "\(row)")
        }
    }
}
