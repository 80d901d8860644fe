import KubernetesAPI
import TestRandom
import Testing

@Suite struct JSONObjectTests {
    /// As a dictionary does it, for any order of writes.
    @Test(arguments: 0..<200) func `it behaves as a dictionary does`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (object, dictionary) = (JSONObject(), [String: JSONValue]())
        for step in 0..<60 {
            let key = "k\(Int.random(in: 0..<25, using: &random))"
            let value: JSONValue? = Int.random(in: 0..<4, using: &random) == 0 ? Optional.none : JSONValue(step)
            object[key] = value
            dictionary[key] = value
            #expect(object[key] == value)
        }
        #expect(Dictionary(object) == dictionary)
        #expect(object.keys == dictionary.keys.sorted())
        #expect(object == JSONObject(dictionary))
        #expect(object.count == dictionary.count)
        #expect(object["absent"] == Optional.none)
    }

    @Test func `of repeated names the last one counts, wherever they stand`() throws {
        let text = #"{"b":1,"a":2,"b":3,"c":4,"a":5,"b":6}"#
        #expect(try JSONValue(parsing: text) == ["a": 5, "b": 6, "c": 4])
        #expect(JSONObject([("z", 1), ("a", 2), ("z", 3)]) == ["a": 2, "z": 3])
    }

    @Test func `objects are equal whatever order they were written in`() throws {
        let (one, two) = (
            #"{"x":{"b":[1,{"d":1,"c":2}],"a":null},"w":1}"#, #"{"w":1,"x":{"a":null,"b":[1,{"c":2,"d":1}]}}"#
        )
        #expect(try JSONValue(parsing: one) == JSONValue(parsing: two))
        #expect(try JSONValue(parsing: one).hashValue == JSONValue(parsing: two).hashValue)
        #expect(try JSONValue(parsing: one).description == two)
    }

    @Test func `merging, filtering and mapping keep the order`() {
        let object: JSONObject = ["c": 3, "a": 1, "b": "x"]
        #expect(object.filter { $0.value != 3 } == ["a": 1, "b": "x"])
        #expect(object.mapValues { .array([$0]) } == ["a": [1], "b": ["x"], "c": [3]])
        #expect(object.compactMapValues(\.intValue) == ["a": 1, "c": 3])
        #expect(object.merging(["a": 9, "d": 4]) { old, _ in old } == ["a": 1, "b": "x", "c": 3, "d": 4])
        #expect(object.merging(["a": 9, "d": 4]) { $1 } == ["a": 9, "b": "x", "c": 3, "d": 4])
    }

    @Test(arguments: 0..<100) func `it merges as a dictionary does`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func some() -> [String: JSONValue] {
            (0..<Int.random(in: 0..<12, using: &random)).reduce(into: [:]) { members, value in
                members["k\(Int.random(in: 0..<15, using: &random))"] = JSONValue(value)
            }
        }
        let (one, two) = (some(), some())
        let merged = JSONObject(one).merging(JSONObject(two)) { .array([$0, $1]) }
        #expect(merged == JSONObject(one.merging(two) { .array([$0, $1]) }))
    }
}
