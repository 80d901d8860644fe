import AerieAPI
import KubernetesAPI
import Testing

/// Bounds of whole numbers: every definition has them, and the validation refuses what they refuse.
@Suite struct WholeNumberTests {
    @Test("every whole number outside pod templates has bounds and a format", arguments: AerieCRDs.all)
    func bounds(definition: CustomResourceDefinition) {
        var count = 0
        func check(_ node: JSONValue, _ path: String) {
            if node["type"] == "integer" {
                count += 1
                let range = (node["minimum"]?.intValue, node["maximum"]?.intValue)
                #expect(range.0 != nil && range.1 != nil, "\(path) has bounds")
                #expect(node["format"] == "int64", "\(path) has a format")
                // API servers hold bounds as floating-point numbers; more they round, and Go's conversion then wraps.
                for bound in [range.0, range.1] { #expect((bound ?? 0).magnitude < 1 << 53, "\(path)") }
            }
            for (name, member) in node["properties"]?.objectValue ?? [:] where name != "template" || !isPod(member) {
                check(member, "\(path).\(name)")
            }
            for name in ["items", "additionalProperties"] { node[name].map { check($0, "\(path)[]") } }
        }
        check(definition.schema.json, definition.name)
        #expect(count >= Self.least[definition.resource.kind] ?? .max, "\(count)")
    }

    private func isPod(_ node: JSONValue) -> Bool { node["properties"]?["spec"]?["properties"]?["containers"] != nil }

    /// How many whole numbers each kind has; a walk that finds none would prove nothing.
    private static let least = [
        "TrainingExperiment": 30, "Trial": 18, "ModelPromotion": 3, "AcceleratorProfile": 1, "TFJob": 22,
    ]

    @Test("what the schema refuses of a number, the validation refuses", arguments: [true, false])
    func agreement(isTooLarge: Bool) throws {
        for (fixture, path) in Self.fields {
            var document = try yaml(fixture)
            let kind = document["kind"]?.stringValue
            let definition = try #require(AerieCRDs.all.first { $0.resource.kind == kind })
            document["spec"] = document["spec"].map(definition.spec.defaulted)
            let node = try #require(
                path.reduce(Optional(definition.schema.json)) { schema, name in
                    Int(name) == nil
                        ? schema?["properties"]?[name] ?? schema?["additionalProperties"] : schema?["items"]
                })
            let bound = try #require(node[isTooLarge ? "maximum" : "minimum"]?.intValue)
            #expect(try errors(document, kind, with: bound, at: path).isEmpty, "\(path) \(bound)")
            for value in [isTooLarge ? bound + 1 : bound - 1, isTooLarge ? .max : .min] {
                let errors = try errors(document, kind, with: value, at: path)
                #expect(errors.count == 1, "\(path) \(value): \(errors)")
                #expect(errors.first?.message.contains("\(value)") == true, "\(path): \(errors)")
            }
        }
    }

    /// The errors about this field, and not those of what the extreme number makes of others.
    private func errors(
        _ document: JSONValue, _ kind: String?, with value: Int, at path: [String]
    ) throws -> [FieldError] {
        var document = document
        document.set(JSONValue(value), at: path[...])
        let object: any CheckedObject =
            switch kind {
            case "TFJob": try document.decode(TFJob.self)
            case "TrainingExperiment": try document.decode(TrainingExperiment.self)
            case "Trial": try document.decode(Trial.self)
            case "ModelPromotion": try document.decode(ModelPromotion.self)
            default: try document.decode(AcceleratorProfile.self)
            }
        let name = path.reduce("") { Int($1) != nil ? "\($0)[\($1)]" : $0.isEmpty ? $1 : "\($0).\($1)" }
        return object.validate().filter { $0.path == name && !$0.message.contains("above max") }
    }

    private static let job = """
        apiVersion: kubeflow.org/v1
        kind: TFJob
        metadata: {name: mnist}
        spec:
          runPolicy: {schedulingPolicy: {}}
          tfReplicaSpecs: {Worker: {template: {spec: {containers: [{name: tensorflow, image: a}]}}}}
        """

    private static let toleration = """
        apiVersion: aerie.dev/v1alpha1
        kind: AcceleratorProfile
        metadata: {name: t4}
        spec: {resourceName: nvidia.com/gpu, tolerations: [{operator: Exists, effect: NoExecute}]}
        """

    private static let grid = Fixture.experiment + "\n  algorithm: {name: grid}\n"

    /// Every whole number of a spec but the trainer's own, which `ContractTests` checks.
    private static let fields: [(String, [String])] = [
        (job, "spec.tfReplicaSpecs.Worker.replicas"), (job, "spec.runPolicy.ttlSecondsAfterFinished"),
        (job, "spec.runPolicy.activeDeadlineSeconds"), (job, "spec.runPolicy.backoffLimit"),
        (job, "spec.runPolicy.schedulingPolicy.minAvailable"),
        (job, "spec.runPolicy.schedulingPolicy.scheduleTimeoutSeconds"),
        (Fixture.experiment, "spec.maxTrials"), (Fixture.experiment, "spec.parallelTrials"),
        (Fixture.experiment, "spec.maxFailedTrials"), (Fixture.experiment, "spec.algorithm.seed"),
        (grid, "spec.algorithm.settings.points"), (Fixture.experiment, "spec.parameters.1.int.min"),
        (Fixture.experiment, "spec.parameters.1.int.max"), (Fixture.experiment, "spec.parameters.1.int.step"),
        (Fixture.experiment, "spec.checkpoints.keep"), (Fixture.experiment, "spec.trial.accelerator.count"),
        (Fixture.experiment, "spec.trial.backoffLimit"), (Fixture.experiment, "spec.trial.activeDeadlineSeconds"),
        (Fixture.experiment, "spec.promotion.serving.replicas"), (Fixture.trial, "spec.number"),
        (Fixture.trial, "spec.checkpoints.keep"), (Fixture.trial, "spec.template.backoffLimit"),
        (Fixture.trial, "spec.template.activeDeadlineSeconds"), (Fixture.promotion, "spec.checkpoint.step"),
        (Fixture.promotion, "spec.serving.replicas"), (toleration, "spec.tolerations.0.tolerationSeconds"),
    ].map { ($0, $1.split(separator: ".").map(String.init)) }
}

extension JSONValue {
    fileprivate mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
        guard let first = path.first else {
            self = value
            return
        }
        if let index = Int(first), var elements = arrayValue, elements.indices.contains(index) {
            elements[index].set(value, at: path.dropFirst())
            self = .array(elements)
        } else {
            var child = self[first] ?? [:]
            child.set(value, at: path.dropFirst())
            self[first] = child
        }
    }
}
