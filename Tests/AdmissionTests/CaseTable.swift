import AerieAPI
import FoundationEssentials
import KubernetesAPI
import KubernetesYAML
import Testing

/// The table in `Cases`, which drives the Swift validation, the webhook and the rules' text alike.
struct Case: Sendable, CustomTestStringConvertible {
    var definition: CustomResourceDefinition
    var name: String
    /// As a person writes it.
    var written: JSONValue
    /// With its defaults filled in, as the API server asks about it.
    var object: JSONValue
    var stored: JSONValue?
    /// Beginnings of `path: message`.
    var errors: [String]
    var warnings: [String]
    /// Warnings about other objects, which only a webhook with a client gives.
    var missing: [String]
    /// What a current server says by itself, line by line; empty where it accepts the object.
    var current: [String]
    /// Why the rules of the definition see nothing of what the webhook refuses.
    var unseen: String?
    /// How many refusals the definition's rules give.
    var refusals: Int
    /// Refused by the schema, before rules and webhook are asked.
    var isRefusedBySchema: Bool
    /// Not for what the test server itself gets wrong.
    var isForServer: Bool
    /// Not for what only the schema looks at.
    var isForSwift: Bool

    var testDescription: String { "\(definition.resource.kind): \(name)" }

    static let all: [Case] = {
        do {
            return try ["tfjob", "trainingexperiment", "trial", "modelpromotion", "acceleratorprofile"].flatMap(read)
        } catch {
            // A table that cannot be read must not pass as an empty one.
            fatalError("Cases: \(error)")
        }
    }()

    private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Cases"

    struct Unreadable: Error {
        var problem: String
    }

    private static func read(_ name: String) throws -> [Case] {
        let table = try YAMLReader.document(Array(Data(contentsOf: URL(filePath: "\(folder)/\(name).yaml"))))
        guard let definition = AerieCRDs.all.first(where: { $0.resource.kind == table["kind"]?.stringValue }),
            let base = table["base"], let cases = table["cases"]?.arrayValue
        else { throw Unreadable(problem: name) }
        let said = try current()[definition.resource.kind]
        return try cases.map { try Case($0, base, definition, said) }
    }

    /// Written by `make words`.
    private static func current() throws -> JSONValue {
        try YAMLReader.document(Array(Data(contentsOf: URL(filePath: "\(folder)/current.yaml"))))
    }

    private init(
        _ row: JSONValue, _ base: JSONValue, _ definition: CustomResourceDefinition, _ current: JSONValue?
    ) throws {
        self.definition = definition
        guard let name = row["name"]?.stringValue else { throw Unreadable(problem: "\(row)") }
        self.name = name
        func changed(by key: String) -> JSONValue {
            var object = base
            if definition.resource.isNamespaced { object["metadata"]?["namespace"] = "somewhere" }
            for (path, value) in row[key]?.objectValue ?? [:] {
                // Null takes a field away.
                object.set(value.isNull ? Optional.none : value, at: path.split(separator: ".").map(String.init)[...])
            }
            return object
        }
        func defaulted(_ object: JSONValue) -> JSONValue {
            var object = object
            object["spec"] = object["spec"].map(definition.spec.defaulted)
            return object
        }
        written = changed(by: "set")
        object = defaulted(written)
        stored = row["was"].map { _ in defaulted(changed(by: "was")) }
        func texts(_ key: String) -> [String] { (row[key]?.arrayValue ?? []).compactMap(\.stringValue) }
        errors = texts("errors")
        warnings = texts("warnings")
        missing = texts("missing")
        self.current = (current?[name]?.arrayValue ?? []).compactMap(\.stringValue)
        unseen = row["unseen"]?.stringValue
        refusals = row["cel"]?.intValue ?? errors.count
        isRefusedBySchema = row["schema"]?.boolValue ?? false
        isForServer = row["server"]?.boolValue ?? true
        isForSwift = row["swift"]?.boolValue ?? true
    }

    /// Refused by a rule of the definition, whatever is stored.
    var isRuledOut: Bool { stored == nil && !isRefusedBySchema && !errors.isEmpty && refusals > 0 }

    var isAccepted: Bool { errors.isEmpty && !isRefusedBySchema }

    /// The question that the API server would ask.
    var review: JSONValue {
        [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": JSONValue(compacting: [
                "uid": "5c1f", "operation": stored == nil ? "CREATE" : "UPDATE",
                "name": object["metadata"]?["name"], "namespace": object["metadata"]?["namespace"],
                "object": object, "oldObject": stored,
            ]),
        ]
    }

    /// Where the webhook answers for the kind.
    var path: String {
        let resource = definition.resource
        return "/validate-\(resource.group == "aerie.dev" ? "aerie-dev" : "kubeflow-org")-\(resource.version)-"
            + resource.kind.lowercased()
    }
}

extension JSONValue {
    mutating func set(_ value: JSONValue?, at path: ArraySlice<String>) {
        guard let first = path.first else { return }
        guard path.count > 1 else {
            self[first] = value
            return
        }
        var child = self[first] ?? [:]
        child.set(value, at: path.dropFirst())
        self[first] = child
    }
}
