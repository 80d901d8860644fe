import AerieAPI
import KubernetesAPI
import Testing

@Suite struct TrainerConfigurationTests {
    @Test("every field may be left out")
    func defaults() {
        let configuration = TrainerConfiguration(["model": [:], "training": nil])
        #expect(configuration == TrainerConfiguration())
        #expect(configuration.validate().isEmpty)
        #expect(configuration.model.architecture == .mlp)
        #expect(configuration.training.optimizer == .adam)
    }

    @Test("all given fields are read, and written back with the defaults filled in")
    func roundTrip() throws {
        let document: JSONValue = [
            "task": "classification",
            "model": [
                "architecture": "cnn", "width": 32, "depth": 3, "activation": "gelu", "dropout": 0.25,
                "normalization": "scale",
            ],
            "training": [
                "optimizer": "adamw", "learningRate": 0.01, "schedule": "cosine", "momentum": 0.8, "weightDecay": 0.1,
                "batchSize": 32, "steps": 10, "evaluateEvery": 5, "seed": 7, "threads": 2,
            ],
        ]
        let configuration: TrainerConfiguration = try document.decode()
        #expect(configuration.validate().isEmpty)
        #expect(try JSONValue(encoding: configuration) == document)
    }

    struct Row: Sendable {
        var document: JSONValue
        var error: String
    }

    static let rows = [
        Row(document: ["model": ["width": 0]], error: "trainer.model.width: must be 1…4096, got 0"),
        Row(document: ["model": ["width": 2.5]], error: "trainer.model.width: must be 1…4096, got 2.5"),
        Row(document: ["model": ["width": "wide"]], error: #"trainer.model.width: must be 1…4096, got "wide""#),
        Row(document: ["model": ["dropout": 1]], error: "trainer.model.dropout: must be 0.0…0.9, got 1"),
        Row(
            document: ["model": ["architecture": "resnet"]],
            error: #"trainer.model.architecture: must be mlp, cnn, got "resnet""#),
        Row(
            document: ["model": ["layers": 3]],
            error:
                "trainer.model.layers: unknown field; known are architecture, width, depth, activation, dropout, normalization"
        ),
        Row(
            document: ["training": ["learningRate": 0]],
            error: "trainer.training.learningRate: must be 1e-12…100.0, got 0"),
        Row(document: ["training": ["steps": -1]], error: "trainer.training.steps: must be 1…1000000000, got -1"),
        Row(document: ["training": 3], error: "trainer.training: must be an object, got 3"),
        Row(document: ["task": "detection"], error: #"trainer.task: must be classification, got "detection""#),
        Row(document: ["modle": [:]], error: "trainer.modle: unknown field; known are task, model, training"),
        Row(document: 3, error: "trainer: must be an object, got 3"),
    ]

    @Test("a wrong field is named with what would be right", arguments: rows)
    func refusals(row: Row) {
        #expect(TrainerConfiguration(row.document).validate(at: "trainer").map(\.description) == [row.error])
    }

    @Test("all wrong fields are named at once")
    func allErrors() {
        let configuration = TrainerConfiguration(["model": ["width": 0, "depth": 0], "training": ["seed": -1]])
        #expect(configuration.validate(at: "").map(\.path) == ["model.depth", "model.width", "training.seed"])
    }

    @Test("a value set by code is checked as well")
    func valuesFromCode() {
        var configuration = TrainerConfiguration()
        configuration.training.batchSize = 0
        #expect(configuration.validate().map(\.path) == ["trainer.training.batchSize"])
    }

    @Test("parameters override fields by name; numbers may come as text")
    func parameters() {
        var configuration = TrainerConfiguration()
        let errors = configuration.apply([
            "learningRate": 0.03, "batchSize": "32", "activation": "swish", "width": 16.0, "optimizer": "sgd",
        ])
        #expect(errors.isEmpty)
        #expect(configuration.training.learningRate == 0.03)
        #expect(configuration.training.batchSize == 32)
        #expect(configuration.model.activation == .swish)
        #expect(configuration.model.width == 16)
    }

    @Test("a parameter that names no field, or has a wrong value, is named")
    func wrongParameters() {
        var configuration = TrainerConfiguration()
        let errors = configuration.apply(["learning_rate": 0.03, "depth": 99])
        #expect(errors.map(\.path) == ["parameters.depth", "parameters.learning_rate"])
        #expect(errors.first?.message == "must be 1…32, got 99")
        #expect(configuration == TrainerConfiguration())
    }
}
