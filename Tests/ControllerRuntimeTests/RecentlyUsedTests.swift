import ControllerRuntime
import TestRandom
import Testing

@Suite struct RecentlyUsedTests {
    @Test func `of more values than fit, those that were set last stay`() {
        var values = RecentlyUsed<String, Int>(capacity: 3)
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] { values[key] = value }
        values["a"] = 4
        values["d"] = 5
        #expect(["a", "b", "c", "d"].map { values[$0] } == [4, nil, 3, 5])
        values["c"] = nil
        values["e"] = 6
        #expect(["a", "c", "d", "e"].map { values[$0] } == [4, nil, 5, 6])
        #expect(values.count == 3)
    }

    @Test(arguments: 0..<50) func `any sequence of changes leaves what a plain list would`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let capacity = Int.random(in: 1...8, using: &random)
        var values = RecentlyUsed<Int, Int>(capacity: capacity)
        var expected: [(key: Int, value: Int)] = []
        for step in 0..<2_000 {
            let key = Int.random(in: 0..<12, using: &random)
            let isSet = Int.random(in: 0..<4, using: &random) > 0
            expected.removeAll { $0.key == key }
            if isSet {
                if expected.count == capacity { expected.removeFirst() }
                expected.append((key, step))
            }
            values[key] = isSet ? step : nil
            for key in 0..<12 { #expect(values[key] == expected.first { $0.key == key }?.value) }
            #expect(values.count == expected.count)
        }
    }
}
