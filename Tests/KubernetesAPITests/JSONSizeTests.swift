import KubernetesAPI
import TestRandom
import Testing

@Suite struct JSONSizeTests {
    @Test(arguments: [
        ("1", 1, 0), ("[]", 2, 1), ("[1,2]", 3, 1), ("{\"a\":1,\"b\":[{}]}", 5, 3), ("\"[,[,\\\"[\"", 1, 0),
        ("{\"a[,\":\"\\\\\",\"b\":2}", 3, 1), ("[[0],[0],[0]]", 7, 2), ("", 1, 0), ("]]]][", 2, 0), ("\"[", 1, 0),
    ])
    func `values and depth are counted outside of strings`(text: String, values: Int, depth: Int) {
        let size = JSONSize(Array(text.utf8))
        #expect(size.values == values)
        #expect(size.depth == depth)
    }

    @Test(arguments: 0..<50) func `no document has more values than were counted`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let value = JSONValue.random(depth: 5, using: &random)
        let size = JSONSize(Array(value.serialized))
        #expect(size.values >= value.valueCount)
        #expect(size.values <= 2 * value.valueCount)
    }
}

extension JSONValue {
    fileprivate var valueCount: Int {
        if let elements = arrayValue { return elements.reduce(1) { $0 + $1.valueCount } }
        if let members = objectValue { return members.reduce(1) { $0 + $1.value.valueCount } }
        return 1
    }
}
