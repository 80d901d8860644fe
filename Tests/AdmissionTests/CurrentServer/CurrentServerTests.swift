import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport
import Testing

/// A current API server with our definitions: what people read there, where the definitions' rules answer first.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CurrentServerTests {
    @Test func `every definition is established, with every rule of it, and nothing is warned of`() async throws {
        let current = try await CurrentServer.shared()
        let folder = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" } + "/crds"
        let kubectl = try current.kubectl()
        let applied = try await kubectl.run(["apply", "--server-side", "--force-conflicts", "-k", folder])
        // A rule that may cost too much, or that does not compile, makes the server refuse the whole definition.
        #expect(applied.status == 0, "\(applied.error)")
        #expect(applied.error.isEmpty, "\(applied.error)")
        let resource = Resource(
            group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions", isNamespaced: false)
        for definition in AerieCRDs.all {
            let stored = try await eventually("\(definition.name) is established") { () -> JSONValue? in
                let stored = try await current.server.client.get(Reference(resource, name: definition.name))
                return Self.isTrue("Established", of: stored) ? .some(stored) : .none
            }
            #expect(Self.isTrue("NamesAccepted", of: stored))
            #expect(!Self.isTrue("NonStructuralSchema", of: stored))
            let rules = AnswerLine.messages(in: stored["spec"] ?? [:])
            #expect(rules.count >= 2, "\(definition.name)")
            #expect(rules.sorted() == AnswerLine.messages(in: definition.json).sorted(), "\(definition.name)")
        }
    }

    private static func isTrue(_ condition: String, of definition: JSONValue) -> Bool {
        (definition["status"]?["conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == condition && $0["status"] == "True"
        }
    }

    @Test func `every case is judged by the definition alone as the table says, and in the words of the page`()
        async throws
    {
        let current = try await CurrentServer.shared()
        let rules = AerieCRDs.all.flatMap { AnswerLine.messages(in: $0.json) }
        let cases = try await current.prepared()
        #expect(cases.count > 100)
        for (row, document) in cases {
            let answer = try await current.rehearse(document, of: row.definition.resource)
            #expect(
                answer.isAccepted == (row.isAccepted || row.unseen != nil), "\(row.testDescription): \(answer.lines)")
            #expect((row.unseen != nil) == (row.refusals == 0 && !row.errors.isEmpty), "\(row.testDescription)")
            let said = answer.lines.map { AnswerLine($0, rules: rules) }.sorted()
            let written = row.current.map { AnswerLine($0, rules: rules) }.sorted()
            #expect(
                said == written,
                "\(row.testDescription): `make words` writes what is said now, \(answer.lines), instead of \(row.current)"
            )
            // A person must find the field, so the object as a whole is never blamed by a rule of ours.
            #expect(!said.contains { $0.field == "<nil>" && !$0.message.isEmpty }, "\(row.testDescription): \(said)")
            if !answer.isAccepted, !row.isRefusedBySchema {
                // Of what is stored, that which does not change is let through.
                let wrong = row.stored == nil ? row.refusals : row.errors.count
                #expect(said.count == wrong, "\(row.testDescription): \(said)")
            }
        }
    }

    /// Unchanged faults of what is stored are let through with a warning: Kubernetes 1.30 and later look at what changed.
    @Test func `what was stored wrong can be changed elsewhere, and is warned of`() async throws {
        let current = try await CurrentServer.shared()
        let rows = try await current.prepared().filter {
            $0.row.stored != nil && $0.row.isAccepted && $0.row.refusals > 0
        }
        #expect(rows.count >= 2)
        for (row, document) in rows {
            let answer = try await current.rehearse(document, of: row.definition.resource)
            #expect(answer.isAccepted, "\(row.testDescription): \(answer.lines)")
            #expect(answer.warnings.count == row.refusals, "\(row.testDescription): \(answer.warnings)")
        }
    }

    @Test func `what the rules do not see the webhook refuses, in its words, and it warns of the rest`() async throws {
        let current = try await CurrentServer.shared()
        // Warnings about other objects need a server that has those.
        let cases = try await current.prepared().filter { $0.row.current.isEmpty && !$0.row.isRefusedBySchema }
        #expect(cases.filter { $0.row.unseen != nil }.count >= 5)
        try await current.withWebhook {
            for (row, document) in cases where row.unseen != nil || !row.warnings.isEmpty {
                let answer = try await eventually("\(row.testDescription): the webhook is asked") { () -> Answer? in
                    let answer = try await current.rehearse(document, of: row.definition.resource)
                    return answer.isAccepted != row.errors.isEmpty || answer.lines.isEmpty && answer.warnings.isEmpty
                        ? nil : answer
                }
                #expect(answer.lines.count == row.errors.count, "\(row.testDescription): \(answer.lines)")
                for error in row.errors {
                    #expect(answer.lines.contains { $0.hasPrefix(error) }, "\(row.testDescription): \(answer.lines)")
                }
                for warning in row.warnings {
                    #expect(
                        answer.warnings.contains { $0.hasPrefix(warning) },
                        "\(row.testDescription): \(answer.warnings)")
                }
            }
        }
    }

    /// Tests of the controllers rely on it, which go on where the rules of a current server end.
    @Test func `what rules refuse can be stored past them, and they are back afterwards`() async throws {
        let current = try await CurrentServer.shared()
        let row = try #require(
            try await current.prepared().first { $0.row.name == "a restart policy that there is not" })
        #expect(try await !current.rehearse(row.document, of: TFJob.resource).isAccepted)
        let metadata = row.document["metadata"] ?? [:]
        let reference = Reference(
            TFJob.resource, namespace: metadata["namespace"]?.stringValue ?? "",
            name: metadata["name"]?.stringValue ?? "")
        try await current.definitions.storePastRules(Manifest(reference, row.document))
        #expect(try await current.server.client.get(reference)["spec"] == row.document["spec"])
        try await current.server.client.delete(reference)
        try await eventually("the rules are in force again") {
            try await current.rehearse(row.document, of: TFJob.resource).isAccepted ? nil : true
        }
    }

    @Test func `kubectl prints one line for each field, and names a field that there is not`() async throws {
        let current = try await CurrentServer.shared()
        let rules = AerieCRDs.all.flatMap { AnswerLine.messages(in: $0.json) }
        let rows = try await current.prepared().map(\.row)
        let kubectl = try current.kubectl()
        let wrong = try #require(rows.first { $0.name == "everything at once" })
        let outcome = try await kubectl(wrong.written, isDryRun: true)
        #expect(outcome.status == 1)
        #expect(outcome.error.hasPrefix("The TFJob \"mnist-mnist"), "\(outcome.error)")
        let printed = outcome.error.split(separator: "\n").filter { $0.hasPrefix("* ") }
            .map { AnswerLine(String($0.dropFirst(2)), rules: rules) }
        #expect(Set(printed) == Set(wrong.current.map { AnswerLine($0, rules: rules) }), "\(outcome.error)")

        var experiment = try #require(rows.first { $0.name == "a good experiment" }).written
        experiment["spec"]?["maxTrails"] = 3
        let misspelt = try await kubectl(experiment, isDryRun: true)
        #expect(misspelt.status == 1)
        #expect(misspelt.error.contains("unknown field \"spec.maxTrails\""), "\(misspelt.error)")
        try kubectl.forget()
    }

    @Test(arguments: AerieCRDs.all)
    func `kubectl explain teaches every field`(definition: CustomResourceDefinition) async throws {
        let current = try await CurrentServer.shared()
        try await current.definitions.install()
        let kubectl = try current.kubectl()
        let name = definition.resource.kind.lowercased()
        // The server publishes a kind's documentation a moment after it serves the kind.
        let whole = try await eventually("\(name) is explained") {
            let outcome = try await kubectl.run(["explain", "\(name).spec"])
            return outcome.status == 0 ? outcome.output : nil
        }
        #expect(whole.contains("GROUP:      \(definition.resource.group)\nKIND:       \(definition.resource.kind)\n"))
        let fields = try #require(definition.spec.json["properties"]?.objectValue)
        #expect(!fields.isEmpty)
        for field in fields.keys {
            let outcome = try await kubectl.run(["explain", "\(name).spec.\(field)"])
            #expect(outcome.status == 0, "\(outcome.error)")
            let text = outcome.output.split(separator: "DESCRIPTION:").last ?? ""
            #expect(outcome.output.contains("FIELD: \(field) <"), "\(outcome.output)")
            #expect(text.count > 20 && !outcome.output.contains("<empty>"), "\(outcome.output)")
            #expect(whole.contains("  \(field)\t<"), "\(field) in \(whole)")
        }
        try kubectl.forget()
    }
}
