import AerieAPI
import FoundationEssentials
import KubernetesAPI
import TestSupport
import Testing

/// The rules in the definitions, which the test server is too old for: compiled, priced and evaluated by cel-python.
@Suite(.timeLimit(.minutes(10))) struct RuleTextTests {
    /// What the API server allows for one rule, and for all of a definition.
    private static let limits = (rule: 10_000_000, definition: 100_000_000)

    private struct Outcome: Decodable {
        struct Refusal: Decodable {
            var field: String
            var message: String
        }
        var problems: [String]
        var costs: [String: Int]
        var totals: [String: Int]
        var results: [[Refusal]]
    }

    /// Every rule of every definition, over every case that the schema lets through; one Python for all.
    private func outcome(of cases: [Case]) async throws -> Outcome {
        let definitions = AerieCRDs.all.map { ($0.resource.kind, $0.json) }
        let input: JSONValue = [
            "definitions": .object(Dictionary(uniqueKeysWithValues: definitions)),
            "cases": .array(
                cases.map { row in
                    JSONValue(compacting: [
                        "kind": .string(row.definition.resource.kind), "object": row.object, "old": row.stored,
                    ])
                }),
        ]
        let file = try TemporaryFile(String(decoding: input.serialized, as: UTF8.self))
        let script = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/cel.py"
        let output = try await PythonReference.run(
            String(decoding: Data(contentsOf: URL(filePath: script)), as: UTF8.self), [file.path])
        return try JSONValue(parsing: output).decode()
    }

    @Test func `every rule compiles against its schema, and costs less than a server allows`() async throws {
        let outcome = try await outcome(of: [])
        #expect(outcome.problems == [])
        #expect(outcome.costs.count >= 60, "\(outcome.costs.count) rules")
        for (rule, cost) in outcome.costs { #expect(cost < Self.limits.rule, "\(rule)") }
        for (kind, cost) in outcome.totals { #expect(cost < Self.limits.definition, "\(kind)") }
    }

    @Test func `the rules refuse what the Swift validation refuses, as far as they can see`() async throws {
        let cases = Case.all.filter { !$0.isRefusedBySchema }
        let outcome = try await outcome(of: cases)
        #expect(outcome.results.count == cases.count)
        for (row, refusals) in zip(cases, outcome.results) {
            #expect(refusals.count == row.refusals, "\(row.testDescription): \(refusals)")
            // An update that leaves a wrong field alone passes from Kubernetes 1.30 on, where rules look at what changed.
            guard row.stored == nil || row.refusals == row.errors.count else { continue }
            let wrong = row.errors.map { $0.prefix { $0 != ":" } }
            for refusal in refusals {
                let isNamed = wrong.contains {
                    $0.hasPrefix(refusal.field) || refusal.field.hasPrefix($0) || isLegacy(refusal.field)
                }
                #expect(isNamed, "\(row.testDescription): \(refusal)")
            }
        }
    }

    /// Rules name fields of the run policy where they were written.
    private func isLegacy(_ field: String) -> Bool { field == "spec.cleanPodPolicy" }
}
