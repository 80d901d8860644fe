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

    private func check(_ texts: [String], begin beginnings: [String]) {
        #expect(texts.count == beginnings.count, "\(texts)")
        for (text, beginning) in zip(texts, beginnings) { #expect(text.hasPrefix(beginning), "\(text)") }
    }
}
