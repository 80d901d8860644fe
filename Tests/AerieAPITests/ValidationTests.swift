import AerieAPI
import KubernetesAPI
import Testing

/// One wrong field at a time: the message points at it and names the fix.
@Suite struct ValidationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var path: [String]
        var value: String
        /// Beginning of each error, in order.
        var errors: [String]

        init(_ name: String, _ path: String, _ value: String, _ errors: String...) {
            self.name = name
            self.path = path.split(separator: ".").map(String.init)
            self.value = value
            self.errors = errors
        }

        var testDescription: String { name }
    }

    static let experiments = [
        Row("a good experiment has nothing wrong", "spec.maxTrials", "12"),
        Row(
            "a name that leaves no room for the names made from it", "metadata.name",
            "a-name-of-forty-nine-characters-is-one-too-longer", "metadata.name: is \"a-name"),
        Row("a name that no service can have", "metadata.name", "8-bit", "metadata.name: is \"8-bit\"; use at most 48"),
        Row("nothing to search", "spec.parameters", "[]", "spec.parameters: is empty; add at least one"),
        Row(
            "a parameter without values", "spec.parameters", "[{name: width}]",
            "spec.parameters[0]: \"width\" needs exactly one of double, int, discrete and categorical; none is given"),
        Row(
            "a parameter with two kinds of values", "spec.parameters",
            "[{name: width, int: {min: 1, max: 2}, discrete: {values: [1]}}]",
            "spec.parameters[0]: \"width\" needs exactly one of double, int, discrete and categorical; 2 are given"),
        Row(
            "a logarithmic scale down to zero", "spec.parameters",
            "[{name: learningRate, double: {min: 0, max: 1, scale: Log}}]",
            "spec.parameters[0].double.min: is 0.0, but scale Log needs min above 0"),
        Row(
            "a range the wrong way round", "spec.parameters", "[{name: dropout, double: {min: 0.5, max: 0.1}}]",
            "spec.parameters[0].double.min: 0.5 is above max 0.1; swap them"),
        Row(
            "whole numbers the wrong way round", "spec.parameters", "[{name: width, int: {min: 8, max: 4}}]",
            "spec.parameters[0].int.min: 8 is above max 4; swap them"),
        Row(
            "a step that goes nowhere", "spec.parameters", "[{name: width, int: {min: 1, max: 4, step: 0}}]",
            "spec.parameters[0].int.step: must be 1…9007199254740991, got 0"),
        Row(
            "a range of more whole numbers than there are", "spec.parameters",
            "[{name: width, int: {min: -9223372036854775807, max: 9223372036854775807}}]",
            "spec.parameters[0].int.min: must be -9007199254740991…9007199254740991, got -9223372036854775807",
            "spec.parameters[0].int.max: must be -9007199254740991…9007199254740991, got 9223372036854775807"),
        Row(
            "a range of more whole numbers than can be counted", "spec.parameters",
            "[{name: width, int: {min: -9007199254740991, max: 9007199254740991}}]",
            "spec.parameters[0].int: has too many values; raise step"),
        Row(
            "a parameter that is there twice", "spec.parameters",
            "[{name: width, int: {min: 8, max: 16}}, {name: width, int: {min: 8, max: 16}}]",
            "spec.parameters[1].name: \"width\" is there twice; remove one"),
        Row(
            "a value that is listed twice", "spec.parameters",
            "[{name: activation, categorical: {values: [relu, relu]}}]",
            "spec.parameters[0].categorical.values[1]: relu is listed twice; remove one"),
        Row(
            "a list without values", "spec.parameters", "[{name: activation, categorical: {values: []}}]",
            "spec.parameters[0].categorical.values: list at least one value"),
        Row(
            "a parameter that the trainer does not know", "spec.parameters", "[{name: widht, int: {min: 8, max: 16}}]",
            "spec.parameters[0]: \"widht\" names no field of the trainer; known are"),
        Row(
            "a value that the trainer does not take", "spec.parameters",
            "[{name: activation, categorical: {values: [relu, rleu]}}]",
            "spec.parameters[0]: \"activation\" must be relu"),
        Row(
            "a metric that nothing reports", "spec.objective.metric", "accuracy",
            "spec.objective.metric: \"accuracy\" is not reported"),
        Row("no budget", "spec.maxTrials", "0", "spec.maxTrials: must be 1…10000, got 0"),
        Row(
            "more at once than at all", "spec.parallelTrials", "13",
            "spec.parallelTrials: is 13, above maxTrials 12; lower it or raise maxTrials"),
        Row("nothing at once", "spec.parallelTrials", "0", "spec.parallelTrials: must be 1…1000, got 0; use"),
        Row("fewer failures than none", "spec.maxFailedTrials", "-1", "spec.maxFailedTrials: must be 0…10000, got -1"),
        Row(
            "points for a search without grid", "spec.algorithm", "{name: random, settings: {points: 3}}",
            "spec.algorithm.settings.points: is for grid only"),
        Row("data without scheme", "spec.dataset.uri", "/data", "spec.dataset.uri: is \"/data\"; write pvc://"),
        Row(
            "data with an unknown scheme", "spec.dataset.uri", "ftp://host/data",
            "spec.dataset.uri: has the scheme \"ftp\"; known are"),
        Row(
            "data outside its claim", "spec.dataset.uri", "pvc://datasets/../secrets",
            "spec.dataset.uri: is \"pvc://datasets/../secrets\"; name the folder without"),
        Row(
            "a claim without name", "spec.checkpoints.uri", "pvc:///x",
            "spec.checkpoints.uri: is \"pvc:///x\"; name the claim"),
        Row("a digest that is none", "spec.dataset.digest", "sha256:12", "spec.dataset.digest: must be sha256:"),
        Row(
            "a field that the trainer does not know", "spec.trial.trainer.model", "{layers: 3}",
            "spec.trial.trainer.model.layers: unknown field; known are"),
        Row(
            "a pod template one level too high", "spec.trial.podTemplate", "{nodeSelector: {a: b}}",
            "spec.trial.podTemplate.nodeSelector: a pod template has metadata and spec; did you mean spec.trial.podTemplate.spec.nodeSelector?"
        ),
        Row(
            "a container without name", "spec.trial.podTemplate", "{spec: {containers: [{image: x}]}}",
            "spec.trial.podTemplate.spec.containers[0].name: name it"),
        Row(
            "a gate on a metric that nothing reports", "spec.promotion.gates", "[{metric: map, min: 0.5}]",
            "spec.promotion.gates[0].metric: \"map\" is not reported"),
        Row(
            "a gate without bound", "spec.promotion.gates", "[{metric: validation/recall/water}]",
            "spec.promotion.gates[0]: give min, max or both"),
        Row(
            "a gate that nothing can pass", "spec.promotion.gates", "[{metric: validation/f1, min: 1, max: 0.5}]",
            "spec.promotion.gates[0].min: 1.0 is above max 0.5"),
        Row(
            "a repository with a tag", "spec.promotion.image.repository", "registry.example:5000/landsat:v1",
            "spec.promotion.image.repository: is \"registry.example:5000/landsat:v1\"; leave the tag"),
        Row(
            "a serving name with dots", "spec.promotion.serving.name", "land.sat",
            "spec.promotion.serving.name: is \"land.sat\""),
    ]

    @Test(arguments: experiments) func experiment(row: Row) throws {
        var document = try yaml(Fixture.experiment)
        document.set(try yaml(row.value), at: row.path[...])
        check(try document.decode(TrainingExperiment.self).validate(), row)
    }

    static let trials = [
        Row("a good trial has nothing wrong", "spec.number", "1"),
        Row(
            "a parameter that the trainer does not take", "spec.parameters", "{batchSize: many}",
            "spec.parameters.batchSize: must be"),
        Row(
            "a name without room for its pod's", "metadata.name", String(repeating: "a", count: 55),
            "metadata.name: is \"aaa"),
    ]

    @Test(arguments: trials) func trial(row: Row) throws {
        var document = try yaml(Fixture.trial)
        document.set(try yaml(row.value), at: row.path[...])
        check(try document.decode(Trial.self).validate(), row)
    }

    static let promotions = [
        Row("a good promotion has nothing wrong", "spec.value", "0.9"),
        Row("a model's name with capitals", "spec.modelName", "Landsat", "spec.modelName: is \"Landsat\""),
        Row(
            "a checkpoint outside its trial", "spec.checkpoint.path", "../other/ckpt-1",
            "spec.checkpoint.path: must be a path below"),
        Row("a checkpoint without digest", "spec.checkpoint.digest", "none", "spec.checkpoint.digest: must be sha256:"),
    ]

    @Test(arguments: promotions) func promotion(row: Row) throws {
        var document = try yaml(Fixture.promotion)
        document.set(try yaml(row.value), at: row.path[...])
        check(try document.decode(ModelPromotion.self).validate(), row)
    }

    private func check(_ errors: [FieldError], _ row: Row) {
        #expect(errors.count == row.errors.count, "\(errors)")
        for (error, expected) in zip(errors, row.errors) { #expect(error.description.hasPrefix(expected), "\(error)") }
    }

    @Test("a profile of a namespace that cannot exist is refused")
    func profile() throws {
        var document = try yaml(Fixture.profile)
        #expect(try document.decode(AcceleratorProfile.self).validate().isEmpty)
        document.set(["Team A"], at: ["spec", "allowedNamespaces"])
        #expect(
            try document.decode(AcceleratorProfile.self).validate().map(\.path) == ["spec.allowedNamespaces[0]"])
    }
}

extension JSONValue {
    fileprivate mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
        guard let first = path.first else {
            self = value
            return
        }
        var child = self[first] ?? [:]
        child.set(value, at: path.dropFirst())
        self[first] = child
    }
}
