public import AerieAPI
import KubernetesAPI

/// Everything besides the variables that makes a checkpoint a model; it is stored in the checkpoint itself.
public struct ModelDescription: Hashable, Sendable {
    public var model: ModelConfiguration
    /// Rows, columns and bands.
    public var imageShape: [Int]
    public var pixelType: PixelType
    public var classes: [String]
    /// Subtracted from each band.
    public var mean: [Double]
    /// What each band is divided by afterwards.
    public var deviation: [Double]

    /// The tensor of a checkpoint that holds the description as JSON.
    static let tensorName = "aerie/description"

    var size: (rows: Int, columns: Int, bands: Int) { (imageShape[0], imageShape[1], imageShape[2]) }
}

extension ModelDescription {
    init(_ model: ModelConfiguration, _ dataset: DatasetDescription, _ statistics: BandStatistics) {
        self.model = model
        imageShape = dataset.imageShape
        pixelType = dataset.pixelType
        classes = dataset.classes
        switch model.normalization {
        case .standardize:
            mean = statistics.mean
            deviation = statistics.standardDeviation
        case .scale:
            mean = statistics.mean.map { _ in 0 }
            deviation = statistics.mean.map { _ in dataset.pixelType.fullScale }
        }
    }

    var json: JSONValue {
        [
            "contract": JSONValue(TrialContract.version),
            "trainer": ["task": "classification", "model": model.json],
            "image": [
                "shape": .array(imageShape.map { JSONValue($0) }), "dtype": .string(pixelType.rawValue),
            ],
            "classes": .array(classes.map { .string($0) }),
            "normalization": [
                "mean": .array(mean.map { .number($0) }), "deviation": .array(deviation.map { .number($0) }),
            ],
        ]
    }

    /// Reads what ``json`` wrote; `nil` for anything else.
    init?(_ document: JSONValue) {
        let configuration = TrainerConfiguration(document["trainer"] ?? [:])
        guard document["contract"]?.intValue.map(TrialContract.readable.contains) == true,
            configuration.validate().isEmpty,
            let shape = document["image"]?["shape"]?.arrayValue?.compactMap(\.intValue), shape.count == 3,
            let type = document["image"]?["dtype"]?.stringValue.flatMap(PixelType.init(rawValue:)),
            let classes = document["classes"]?.arrayValue?.compactMap(\.stringValue), !classes.isEmpty,
            let mean = document["normalization"]?["mean"]?.arrayValue?.compactMap(\.doubleValue),
            let deviation = document["normalization"]?["deviation"]?.arrayValue?.compactMap(\.doubleValue),
            mean.count == shape[2], deviation.count == shape[2]
        else { return nil }
        self.init(
            model: configuration.model, imageShape: shape, pixelType: type, classes: classes, mean: mean,
            deviation: deviation)
    }
}
