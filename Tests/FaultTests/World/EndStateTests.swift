import KubernetesAPI
import Testing

/// Two runs that came to the same end read the same, whatever names and uids the server gave.
@Suite struct EndStateTests {
    private static let uid = "1f0c2a9b-5b6e-4c1d-8e2f-001122334455"

    @Test(arguments: [
        // The second group of this uid is how the experiment's begins.
        ("owner 77777777-1f0c-4abc-9def-0123456789ab", "owner UID"),
        ("owner 1f0c2a9b-5b6e-4c1d-8e2f-001122334455", "owner UID"),
        ("landsat-1f0c-01234567", "landsat-UID4-01234567"),
        (
            "pvc://checkpoints/fault-3/landsat-1f0c2a9b/landsat-00001",
            "pvc://checkpoints/NAMESPACE/landsat-UID8/landsat-00001"
        ),
        ("default-token-x7k2p", "TOKEN"), ("kube-api-access-x7k2p", "TOKEN"),
        ("Created new ReplicaSet \"landsat-6d4f\"", "Created new ReplicaSet"),
    ]) func `names are the same in every run`(text: String, normalised: String) {
        let names = Names(namespace: "fault-3", experiments: [Self.uid, "5b6e0000-0000-4000-8000-000000000000"])
        #expect(names.normalised(.string(text)) == .string(normalised))
    }

    @Test func `pods of old and current servers differ in no volume`() {
        func pod(_ volume: String) -> JSONValue { ["spec": ["volumes": [["name": .string(volume)]]]] }
        let names = Names(namespace: "fault-3", experiments: [])
        #expect(names.normalised(pod("kube-api-access-abcde")) == names.normalised(pod("kube-api-access-vwxyz")))
    }
}
