import KubernetesAPI
import KubernetesYAML
import TestRandom
import TestSupport
import Testing

/// Our reader and writer against PyYAML, on documents that nobody thought of.
///
/// PyYAML follows YAML 1.1 and writes two kinds of strings without quotes that are numbers in YAML 1.2 (`1e3`, `0o17`);
/// they are left out where it writes.
@Suite(.timeLimit(.minutes(10))) struct PyYAMLTests {
    private static let documents: [JSONValue] = {
        var random = SeededGenerator(seed: 11)
        return (0..<400).map { _ in .document(depth: 3, using: &random) }
    }()

    @Test func `what we write PyYAML reads as the same`() async throws {
        let text = Self.documents.map { YAMLWriter.text($0) }.joined(separator: "---\n")
        let file = try TemporaryFile(text)
        let script = """
            import json, sys, yaml
            print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1], encoding="utf-8")))))
            """
        let output = try await PythonReference.run(script, [file.path])
        let read = try #require(try JSONValue(parsing: output).arrayValue)
        #expect(read.count == Self.documents.count)
        for (ours, theirs) in zip(Self.documents, read) { #expect(ours == theirs) }
    }

    @Test(arguments: [true, false]) func `what PyYAML writes we read as the same`(inFlow: Bool) async throws {
        let documents = Self.documents.filter { document in
            !["\"1e3\"", "\"0o17\""].contains { document.description.contains($0) }
        }
        let file = try TemporaryFile(JSONValue.array(documents).description)
        let script = """
            import json, sys, yaml
            documents = json.load(open(sys.argv[1], encoding="utf-8"))
            print(yaml.safe_dump_all(documents, default_flow_style=\(inFlow ? "True" : "False"), allow_unicode=True), end="")
            """
        let output = try await PythonReference.run(script, [file.path])
        let read = try YAMLReader.documents(output)
        #expect(read.count == documents.count)
        for (theirs, ours) in zip(documents, read) { #expect(ours == theirs) }
    }
}

extension JSONValue {
    /// An object whose names and values are what YAML readers stumble over.
    fileprivate static func document(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        .object(
            Dictionary(
                (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    (Self.text(using: &random), .value(depth: depth, using: &random))
                }
            ) { $1 })
    }

    private static func value(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 6 : 8), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .integer(.random(in: -1_000_000...1_000_000, using: &random))
        case 3: .number(Double(Int.random(in: -9_999...9_999, using: &random)) / 8 + 0.0625)
        case 4, 5: .string(text(using: &random))
        case 6:
            .array((0..<Int.random(in: 0...3, using: &random)).map { _ in .value(depth: depth - 1, using: &random) })
        default: document(depth: depth - 1, using: &random)
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let difficult = [
            "", " ", "a", "a b", " a", "a ", "yes", "No", "on", "OFF", "y", "null", "~", "true", "1", "1.5", "0x1F",
            "0o17",
            "1e3", "1_000", "12:30:45", "2026-11-21", ".inf", ".nan", "-", "- a", "?", "a: b", "a:", ":a", "# a",
            "a # b",
            "a#b", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", "{", "}", "[", "]", ",", "'", "\"", "a'b", "\\",
            "\\n",
            "a\nb", "a\n", "\na", "\n", "\t", "a\tb", "é", "日本", "😀", "=", "<<", "---", "...", "--- a", "a --- b",
            "\u{7F}",
            "/path/to", "100m", "64Mi", "$(VAR)", "${x}", "sha256:abc", "v1", "kubeflow.org/v1", "a=b,c in (d)",
        ]
        return difficult.randomElement(using: &random) ?? ""
    }
}
