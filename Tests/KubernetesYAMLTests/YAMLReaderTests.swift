import KubernetesAPI
import KubernetesYAML
import TestRandom
import Testing

@Suite("YAML reader")
struct YAMLReaderTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var text: String
        var value: JSONValue
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "plain words are strings", text: "a: relu", value: ["a": "relu"]),
        Row(name: "what is quoted is a string", text: "a: \"1\"\nb: 'true'", value: ["a": "1", "b": "true"]),
        Row(name: "whole numbers", text: "[0, -7, 0x1F, 0o17]", value: [0, -7, 31, 15]),
        Row(name: "fractions and exponents", text: "[0.5, 1e-4, -2.5E3]", value: [0.5, 0.0001, -2500.0]),
        Row(name: "versions and dates are strings", text: "[1.2.3, 2024-01-02]", value: ["1.2.3", "2024-01-02"]),
        Row(name: "yes and no are strings, as in YAML 1.2", text: "[yes, no]", value: ["yes", "no"]),
        Row(name: "null in all spellings", text: "a:\nb: ~\nc: null", value: ["a": nil, "b": nil, "c": nil]),
        Row(name: "aliases are expanded", text: "a: &x {k: 1}\nb: *x", value: ["a": ["k": 1], "b": ["k": 1]]),
        Row(name: "block text keeps its lines", text: "a: |\n  one\n  two\n", value: ["a": "one\ntwo\n"]),
        Row(name: "JSON is YAML", text: "{\"a\": [1, {\"b\": null}]}", value: ["a": [1, ["b": nil]]]),
        Row(name: "text beyond ASCII", text: "a: Grüße 🛰", value: ["a": "Grüße 🛰"]),
    ]

    @Test(arguments: rows) func document(row: Row) throws {
        #expect(try YAMLReader.documents(row.text) == [row.value])
    }

    @Test("several documents, empty ones left out")
    func documents() throws {
        #expect(try YAMLReader.documents("---\na: 1\n---\n# nothing\n---\nb: 2\n") == [["a": 1], ["b": 2]])
    }

    @Test(
        "a mistake is shown with line and column",
        arguments: [
            ("a: 1\nb: [1, 2\nc: 3\n", 3), ("a: 1\na: 2\n", 2), ("a: *nowhere\n", 1), ("? [1]\n: 2\n", 1),
            ("a:\n\t- 1\n", 2),
        ])
    func mistakes(text: String, line: Int) throws {
        let error = #expect(throws: YAMLError.self) { try YAMLReader.documents(text) }
        #expect(error?.line == line, "\(String(describing: error))")
    }

    @Test("a small text that expands to a billion values is refused")
    func expansion() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(throws: YAMLError.self) { try YAMLReader.documents(text) }
    }

    @Test("deep nesting is refused, not a crash")
    func depth() {
        let text = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        #expect(throws: YAMLError.self) { try YAMLReader.documents(text) }
    }
}

@Suite("YAML writer")
struct YAMLWriterTests {
    @Test("members come in the order that people expect, lists at the column of their name")
    func order() {
        let value: JSONValue = [
            "spec": ["names": ["a", ["k": "v", "l": []]]], "kind": "Thing", "apiVersion": "v1",
            "metadata": ["name": "x"],
        ]
        #expect(
            YAMLWriter.text(value) == """
                apiVersion: v1
                kind: Thing
                metadata:
                  name: x
                spec:
                  names:
                  - a
                  - k: v
                    l: []

                """)
    }

    @Test(
        "what would be read as something else is quoted",
        arguments: [
            "true", "no", "12", "1e3", "", " a", "a: b", "- a", "#c", "a\nb", "~", "null", "Ü", "*a", "a ",
        ])
    func quoting(text: String) throws {
        #expect(try YAMLReader.documents(YAMLWriter.text(["a": .string(text)])) == [["a": .string(text)]])
        #expect(YAMLWriter.text(.string(text)).hasPrefix("\""))
    }

    @Test("random values survive writing and reading", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let value: JSONValue = ["root": randomValue(depth: 0, &random)]
        #expect(try YAMLReader.documents(YAMLWriter.text(value)) == [value])
    }

    private func randomValue(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        let text = String(
            (0..<Int.random(in: 0..<8, using: &random)).map { _ in
                "ab1 :-#\"'\n{}[],&*!|>%@`é~.e".randomElement(using: &random) ?? "x"
            })
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: -1_000_000...1_000_000, using: &random))
        case 3: return .number(Double.random(in: -1...1, using: &random))
        case 4: return .string(text)
        case 5:
            return .array(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in randomValue(depth: depth + 1, &random) })
        default:
            return .object(
                Dictionary(
                    (0..<Int.random(in: 0..<4, using: &random)).map {
                        ("k\($0)\(text)", randomValue(depth: depth + 1, &random))
                    }
                ) { $1 })
        }
    }
}
