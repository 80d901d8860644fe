import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// `TF_CONFIG` byte for byte.
@Suite struct TFConfigTests {
    private func configuration(_ world: TFJobWorld, _ pod: String) -> String? {
        let environment = world.decide().created(pod)?["spec"]?["containers"]?[0]?["env"]?.arrayValue
        return environment?.last { $0["name"] == "TF_CONFIG" }?["value"]?.stringValue
    }

    @Test func `a job of one replica has none`() {
        #expect(configuration(TFJobWorld(.fixture(workers: 1)), "mnist-worker-0") == nil)
    }

    @Test func `every replica knows all addresses and its own place`() {
        let world = TFJobWorld(.fixture(workers: 2, ps: 1))
        #expect(
            configuration(world, "mnist-worker-1") == #"{"cluster":{"ps":["mnist-ps-0.ml.svc:2222"],"#
                + #""worker":["mnist-worker-0.ml.svc:2222","mnist-worker-1.ml.svc:2222"]},"#
                + #""task":{"type":"worker","index":1},"environment":"cloud"}"#)
    }

    @Test func `the cluster's domain is added to every host`() {
        var world = TFJobWorld(.fixture(workers: 1, chief: 1))
        world.configuration.clusterDomain = "cluster.example"
        #expect(
            configuration(world, "mnist-chief-0")
                == #"{"cluster":{"chief":["mnist-chief-0.ml.svc.cluster.example:2222"],"#
                + #""worker":["mnist-worker-0.ml.svc.cluster.example:2222"]},"#
                + #""task":{"type":"chief","index":0},"environment":"cloud"}"#)
    }

    @Test func `the evaluator is part of the cluster, as upstream has it`() {
        let text = configuration(TFJobWorld(.fixture(workers: 1, evaluator: 1)), "mnist-evaluator-0")
        #expect(text?.contains(#""evaluator":["mnist-evaluator-0.ml.svc:2222"]"#) ?? false)
    }

    @Test func `a master is called master`() {
        let text = configuration(TFJobWorld(.fixture(workers: 1, master: 1)), "mnist-master-0")
        #expect(text?.contains(#""task":{"type":"master","index":0}"#) ?? false)
    }

    @Test func `the port named tfjob-port counts`() {
        let template: JSONValue = [
            "spec": [
                "containers": [
                    [
                        "name": "tensorflow", "image": "i",
                        "ports": [["containerPort": 80], ["name": "tfjob-port", "containerPort": 5000]],
                    ]
                ]
            ]
        ]
        let text = configuration(TFJobWorld(.fixture(workers: 2, template: template)), "mnist-worker-0")
        #expect(text?.contains("mnist-worker-1.ml.svc:5000") ?? false)
    }

    @Test func `the user's own environment stays and TF_CONFIG comes last`() {
        let template: JSONValue = [
            "spec": [
                "containers": [
                    ["name": "tensorflow", "image": "i", "env": [["name": "A", "value": "1"]]]
                ]
            ]
        ]
        let world = TFJobWorld(.fixture(workers: 2, template: template))
        let environment = world.decide().created("mnist-worker-0")?["spec"]?["containers"]?[0]?["env"]?.arrayValue
        #expect(environment?.compactMap { $0["name"]?.stringValue } == ["A", "TF_CONFIG"])
    }

    @Test func `the cluster's domain is added for dynamic workers too`() {
        var world = TFJobWorld(.fixture(workers: 2, ps: 1, dynamic: true))
        world.configuration.clusterDomain = "cluster.example"
        #expect(
            configuration(world, "mnist-worker-0")
                == #"{"cluster":{"worker":{"0":"mnist-worker-0.ml.svc.cluster.example:2222"},"#
                + #""ps":["mnist-ps-0.ml.svc.cluster.example:2222"]},"task":{"type":"worker","index":0}}"#)
    }

    @Test func `a type that was scaled to none is an empty list`() {
        #expect(
            configuration(TFJobWorld(.fixture(workers: 2, ps: 0)), "mnist-worker-0")
                == #"{"cluster":{"ps":[],"worker":["mnist-worker-0.ml.svc:2222","mnist-worker-1.ml.svc:2222"]},"#
                + #""task":{"type":"worker","index":0},"environment":"cloud"}"#)
    }

    @Test(arguments: [
        (
            "mnist-worker-1",
            #"{"cluster":{"worker":{"1":"mnist-worker-1.ml.svc:2222"},"ps":["mnist-ps-0.ml.svc:2222","mnist-ps-1.ml.svc:2222"]},"task":{"type":"worker","index":1}}"#
        ),
        (
            "mnist-ps-1",
            #"{"cluster":{"worker":{},"ps":["mnist-ps-1.ml.svc:2222"]},"task":{"type":"ps","index":1}}"#
        ),
        ("mnist-chief-0", #"{"cluster":{"worker":{},"ps":[]},"task":{"type":"chief","index":0}}"#),
        ("mnist-evaluator-0", #"{"cluster":{"worker":{},"ps":[]},"task":{"type":"evaluator","index":0}}"#),
    ])
    func `with dynamic workers nobody needs to know the other workers`(pod: String, expected: String) {
        #expect(
            configuration(TFJobWorld(.fixture(workers: 2, chief: 1, ps: 2, evaluator: 1, dynamic: true)), pod)
                == expected)
    }
}
