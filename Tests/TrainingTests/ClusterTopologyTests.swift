import AerieAPI
import Testing
import Training

/// What the trainer makes of the `TF_CONFIG` that the operator sets.
@Suite struct ClusterTopologyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var configuration: String?
        var lead: String?
        var trainers: [String] = []
        var servers: [String] = []
        var isLead = false

        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "without TF_CONFIG the trainer is alone", configuration: nil),
        Row(name: "an empty TF_CONFIG is none", configuration: ""),
        Row(
            name: "one worker is alone",
            configuration: #"{"cluster":{"worker":["a:2222"]},"task":{"type":"worker","index":0}}"#),
        Row(
            name: "the chief leads",
            configuration: """
                {"cluster":{"worker":["w0:2222","w1:2222"],"chief":["c:2222"]},"task":{"type":"chief","index":0},\
                "environment":"cloud"}
                """,
            lead: "chief-0 (c:2222)",
            trainers: ["chief-0 (c:2222)", "worker-0 (w0:2222)", "worker-1 (w1:2222)"], isLead: true),
        Row(
            name: "a master is a chief",
            configuration: #"{"cluster":{"master":["m:1"],"worker":["w:2"]},"task":{"type":"worker","index":0}}"#,
            lead: "master-0 (m:1)", trainers: ["master-0 (m:1)", "worker-0 (w:2)"]),
        Row(
            name: "without a chief worker 0 leads",
            configuration: """
                {"cluster":{"ps":["p0:2222","p1:2222"],"worker":["w0:2222","w1:2222"]},\
                "task":{"type":"worker","index":0}}
                """,
            lead: "worker-0 (w0:2222)", trainers: ["worker-0 (w0:2222)", "worker-1 (w1:2222)"],
            servers: ["ps-0 (p0:2222)", "ps-1 (p1:2222)"], isLead: true),
        Row(
            name: "an evaluator takes no part",
            configuration: """
                {"cluster":{"chief":["c:1"],"evaluator":["e:1"],"worker":["w:1"]},"task":{"type":"worker","index":0}}
                """,
            lead: "chief-0 (c:1)", trainers: ["chief-0 (c:1)", "worker-0 (w:1)"]),
        Row(
            name: "a chief beside an evaluator is alone",
            configuration: #"{"cluster":{"chief":["c:1"],"evaluator":["e:1"]},"task":{"type":"chief","index":0}}"#),
        Row(
            name: "a parameter server serves one worker",
            configuration: #"{"cluster":{"ps":["p:2222"],"worker":["w:2222"]},"task":{"type":"ps","index":0}}"#,
            lead: "worker-0 (w:2222)", trainers: ["worker-0 (w:2222)"], servers: ["ps-0 (p:2222)"]),
    ]

    @Test("TF_CONFIG says who leads, who trains and who holds the variables", arguments: rows)
    func topology(row: Row) throws {
        let topology: ClusterTopology?
        if case .member(let found) = try TrainingPart(configuration: row.configuration) {
            topology = found
        } else {
            topology = nil
        }
        #expect(topology?.lead.description == row.lead)
        #expect(topology?.trainers.map(\.description) ?? [] == row.trainers)
        #expect(topology?.parameterServers.map(\.description) ?? [] == row.servers)
        #expect(topology?.isLead ?? false == row.isLead)
    }

    @Test("an evaluator is told from those that train")
    func evaluator() throws {
        let configuration = """
            {"cluster":{"chief":["c:1"],"evaluator":["e:1"]},"task":{"type":"evaluator","index":0}}
            """
        #expect(try TrainingPart(configuration: configuration) == .evaluator)
        #expect(try TrainingPart(configuration: nil) == .alone)
    }

    static let wrong = [
        ("{", "TF_CONFIG: "),
        (
            #"{"sparseCluster":{"worker":{"0":"a:2222"}},"task":{"type":"worker","index":0}}"#,
            "enableDynamicWorker do not know each other"
        ),
        (#"{"cluster":{"worker":["a:1"]},"task":{"type":"worker","index":-1}}"#, "worker--1, which is not in"),
        (#"{"cluster":{"worker":["a:1","b:1"]}}"#, "which is not in the cluster"),
        (
            #"{"cluster":{"ps":["a:1"],"worker":["b:1","a:1"]},"task":{"type":"ps","index":0}}"#,
            "ps-0 (a:1) and worker-1 (a:1) have the same address"
        ),
        (
            #"{"cluster":{"chief":["c:1"],"master":["m:1"]},"task":{"type":"chief","index":0}}"#,
            "chief-0 (c:1) and master-0 (m:1) cannot both lead"
        ),
        (#"{"cluster":{"ps":["a:1","b:1"]},"task":{"type":"ps","index":0}}"#, "add a chief or workers"),
        (#"{"cluster":{"worker":["a:1","b"]},"task":{"type":"worker","index":0}}"#, "worker-1 has the address \"b\""),
        (
            #"{"cluster":{"worker":["a:1","b:1"]},"task":{"type":"worker","index":2}}"#,
            "this is task worker-2, which is not in the cluster"
        ),
        (#"{"cluster":{"tpu":["a:1"]},"task":{"type":"tpu","index":0}}"#, "there are tasks of type tpu"),
    ]

    @Test("a TF_CONFIG that cannot work is refused with what to change", arguments: wrong)
    func refusal(configuration: String, message: String) throws {
        let error = #expect(throws: TrainingError.self) { try TrainingPart(configuration: configuration) }
        #expect(error?.reason == .badConfiguration)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test("timeouts are seconds in the environment")
    func timeouts() throws {
        #expect(try ClusterTimeouts(variables: [:]) == ClusterTimeouts(peer: 600, step: 300, checkpoint: 3600))
        #expect(
            try ClusterTimeouts(variables: ["AERIE_PEER_TIMEOUT": "20", "AERIE_STEP_TIMEOUT": "7"])
                == ClusterTimeouts(peer: 20, step: 7))
        let error = #expect(throws: TrainingError.self) {
            try ClusterTimeouts(variables: ["AERIE_PEER_TIMEOUT": "1m"])
        }
        #expect(error?.message == "AERIE_PEER_TIMEOUT: must be 1…86400 seconds, got 1m")
    }
}
