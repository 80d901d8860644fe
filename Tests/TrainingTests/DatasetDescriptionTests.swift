import KubernetesAPI
import Testing
import Training

@Suite struct DatasetDescriptionTests {
    static let good: JSONValue = [
        "features": ["image": ["shape": [3, 3, 4], "dtype": "uint8"], "label": ["dtype": "int64"]],
        "classes": ["red soil", "water"], "records": ["train": 10], "files": ["train.tfrecord": ["sha256": "ab"]],
    ]

    @Test("what the document says is read")
    func reading() throws {
        let description = try DatasetDescription(Self.good)
        #expect(description.imageShape == [3, 3, 4])
        #expect(description.pixelType == .uint8)
        #expect(description.classes == ["red soil", "water"])
        #expect(description.records == ["train": 10])
        #expect(description.files == ["train.tfrecord": "ab"])
    }

    struct Row: Sendable {
        var change: @Sendable (inout JSONValue) -> Void
        var path: String
    }

    static let rows = [
        Row(change: { $0["features"] = nil }, path: "features.image.shape"),
        Row(change: { $0["features"]?["image"]?["shape"] = [3, 3] }, path: "features.image.shape"),
        Row(change: { $0["features"]?["image"]?["shape"] = [0, 3, 4] }, path: "features.image.shape"),
        Row(change: { $0["features"]?["image"]?["dtype"] = "int4" }, path: "features.image.dtype"),
        Row(change: { $0["features"]?["label"] = nil }, path: "features.label"),
        Row(change: { $0["classes"] = ["one"] }, path: "classes"),
        Row(change: { $0["classes"] = ["one", "one"] }, path: "classes"),
        Row(change: { $0["classes"] = ["one", 2] }, path: "classes"),
        Row(change: { $0["classes"] = ["one", "a/b"] }, path: "classes[1]"),
        Row(change: { $0["classes"] = .array([.string(String(repeating: "n", count: 64)), "b"]) }, path: "classes[0]"),
        Row(change: { $0["files"] = [:] }, path: "files"),
        Row(change: { $0["files"] = ["../train.tfrecord": "ab"] }, path: "files.../train.tfrecord"),
    ]

    @Test("a missing or wrong field is named", arguments: rows)
    func refusals(row: Row) {
        var document = Self.good
        row.change(&document)
        let error = #expect(throws: FieldError.self) { try DatasetDescription(document) }
        #expect(error?.path == row.path)
    }

    @Test("only files can be read; plain paths are files")
    func uris() throws {
        #expect(try FileURI.path("file:///data/land%20sat/") == "/data/land sat")
        #expect(try FileURI.path("/data/landsat/") == "/data/landsat")
        #expect(try FileURI.path("relative") == "relative")
        #expect(throws: TrainingError.self) { try FileURI.path("s3://bucket/landsat") }
        #expect(throws: TrainingError.self) { try FileURI.path("file://host/landsat") }
    }
}
