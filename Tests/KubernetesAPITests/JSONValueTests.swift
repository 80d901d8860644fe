import KubernetesAPI
import Testing

@Suite struct JSONValueTests {
    @Test func `equal values give equal bytes, sorted by name and without escaped slashes`() throws {
        let one: JSONValue = ["b": 1, "a": ["/": 2.5, "é": nil]]
        let two = try JSONValue(parsing: "{\"a\":{\"é\":null,\"/\":2.5},\"b\":1}")
        #expect(one.serialized == two.serialized)
        #expect(one.description == "{\"a\":{\"/\":2.5,\"é\":null},\"b\":1}")
    }

    @Test func `control characters are escaped`() {
        #expect(JSONValue.string("\u{1}\n\"\\").description == #""\u0001\n\"\\""#)
    }

    @Test func `members are set and removed`() {
        var value: JSONValue = nil
        value["a"] = 1
        value["b"] = 2
        value["a"] = nil as JSONValue?
        #expect(value == ["b": 2])
    }

    struct Sample: Codable, Hashable {
        struct Part: Codable, Hashable {
            var numbers: [Int]
            var note: String?
        }

        enum Phase: String, Codable { case on = "On" }

        var name: String
        var ratio: Double
        var flag: Bool
        var byKey: [String: Part]
        var phase: Phase?
        var tree: JSONValue
    }

    @Test func `typed values survive the way into a tree and back`() throws {
        let sample = Sample(
            name: "n", ratio: 0.5, flag: true, byKey: ["k": .init(numbers: [1, -2])], phase: .on, tree: ["x": [1, nil]])
        let tree = try JSONValue(encoding: sample)
        #expect(tree["byKey"] == ["k": ["numbers": [1, -2]]])
        #expect(try tree.decode(Sample.self) == sample)
        #expect(try JSONValue(parsing: tree.serialized).decode(Sample.self) == sample)
    }

    @Test func `null and missing both decode as nil`() throws {
        let base: JSONValue = ["numbers": []]
        var withNull = base
        withNull["note"] = .some(.null)
        #expect(try base.decode(Sample.Part.self).note == nil)
        #expect(try withNull.decode(Sample.Part.self).note == nil)
    }

    static let mismatches: [(JSONValue, String)] = [
        (["numbers": "x"], "numbers: expected an array, got a string"),
        (["numbers": [1, 2.5]], "numbers[1]: expected a whole number of at most 64 bits, got the number 2.5"),
        ([:], "the field numbers is missing"),
        (["numbers": [], "note": 1], "note: expected a string, got the number 1"),
    ]

    @Test(arguments: mismatches) func `a mismatch names the field and what is there`(json: JSONValue, sentence: String)
    {
        do {
            _ = try json.decode(Sample.Part.self)
            Issue.record("decoded")
        } catch {
            #expect((error as? DecodingError)?.sentence == sentence)
        }
    }
}
