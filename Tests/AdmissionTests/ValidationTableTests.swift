import Admission
import AerieAPI
import KubernetesAPI
import Testing

/// What the Swift rules say about each case of the table.
@Suite struct ValidationTableTests {
    private let handler = AdmissionHandler(references: nil)

    @Test(arguments: Case.all.filter(\.isForSwift))
    func `every wrong field is named, and nothing else`(row: Case) async throws {
        let reply = await handler.reply(to: Array(row.review.serialized), path: row.path)
        #expect(reply.status == 200)
        let response = try #require(try JSONValue(parsing: reply.body)["response"])
        #expect(response["uid"] == "5c1f")
        #expect(response["allowed"] == .bool(row.isAccepted), "\(response)")
        let causes = response["status"]?["details"]?["causes"]?.arrayValue ?? []
        let errors = causes.map { "\($0["field"]?.stringValue ?? ""): \($0["message"]?.stringValue ?? "")" }
        if !row.errors.isEmpty { check(errors, begin: row.errors) }
        let message = response["status"]?["message"]?.stringValue ?? ""
        for error in errors { #expect(message.contains(error), "the message names every field as well") }
        check((response["warnings"]?.arrayValue ?? []).compactMap(\.stringValue), begin: row.warnings)
    }

    /// Whoever applies a document twice reads the same, and so does whoever wrote its fields in another order.
    @Test(arguments: Case.all.filter { $0.isForSwift && $0.errors.count + $0.warnings.count > 1 })
    func `lines are in the same order whatever the order of the fields`(row: Case) async throws {
        let first = await handler.reply(to: Array(row.review.serialized), path: row.path)
        var random = SplitMix(state: 10)
        for _ in 0..<20 {
            let text = row.review.text(shuffledBy: &random)
            let reply = await handler.reply(to: Array(text.utf8), path: row.path)
            #expect(reply.body == first.body, "\(String(decoding: reply.body, as: UTF8.self))")
        }
    }

    private func check(_ texts: [String], begin beginnings: [String]) {
        #expect(texts.count == beginnings.count, "\(texts)")
        for (text, beginning) in zip(texts, beginnings) { #expect(text.hasPrefix(beginning), "\(text)") }
    }
}

extension JSONValue {
    /// The document with the members of its objects in any order.
    fileprivate func text(shuffledBy random: inout SplitMix) -> String {
        switch self {
        case .object(let members):
            let names = members.keys.sorted().shuffled(using: &random)
            let texts = names.map { name in
                let value = members[name] ?? .null
                return "\(JSONValue.string(name).text(shuffledBy: &random)):\(value.text(shuffledBy: &random))"
            }
            return "{\(texts.joined(separator: ","))}"
        case .array(let elements):
            return "[\(elements.map { $0.text(shuffledBy: &random) }.joined(separator: ","))]"
        default: return String(decoding: serialized, as: UTF8.self)
        }
    }
}

/// Sebastiano Vigna's SplitMix64: the same numbers in every run.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
