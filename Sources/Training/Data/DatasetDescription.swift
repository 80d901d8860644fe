import AerieAPI
package import KubernetesAPI

/// A dataset's `dataset.json`: what its records hold and which files it has.
public struct DatasetDescription: Hashable, Sendable {
    /// Rows, columns and bands of every image.
    public var imageShape: [Int]
    public var pixelType: PixelType
    /// The name of class 0, 1, ….
    public var classes: [String]
    /// Number of records by part: `train`, `validation`, `test`.
    public var records: [String: Int]
    /// SHA-256 by file name.
    public var files: [String: String]

    static let fileName = "dataset.json"
    static let imageFeature = "image"
    static let labelFeature = "label"

    /// Reads the document; the error names the field.
    package init(_ document: JSONValue) throws(FieldError) {
        let image = document["features"]?[Self.imageFeature]
        let path = "features.\(Self.imageFeature)"
        guard let shape = image?["shape"]?.arrayValue?.map(\.intValue), shape.count == 3 else {
            throw FieldError("\(path).shape", "must be the rows, columns and bands of an image, such as [3,3,4]")
        }
        imageShape = shape.compactMap { $0 }
        guard imageShape.count == 3, imageShape.allSatisfy({ (1...65536).contains($0) }) else {
            throw FieldError("\(path).shape", "must be three sizes of 1…65536")
        }
        guard let type = image?["dtype"]?.stringValue.flatMap(PixelType.init(rawValue:)) else {
            let known = PixelType.allCases.map(\.rawValue).joined(separator: ", ")
            throw FieldError("\(path).dtype", "must be one of \(known)")
        }
        pixelType = type
        guard document["features"]?[Self.labelFeature] != nil else {
            throw FieldError("features.\(Self.labelFeature)", "is missing; records need a class number of type int64")
        }
        guard let names = document["classes"]?.arrayValue?.map(\.stringValue), names.count >= 2 else {
            throw FieldError("classes", "must be a list of at least two names")
        }
        classes = names.compactMap { $0 }
        guard classes.count == names.count, Set(classes).count == classes.count else {
            throw FieldError("classes", "must be different names")
        }
        for (index, name) in classes.enumerated() {
            let size = name.utf8.count
            guard (1...MetricName.maximumClassNameSize).contains(size), !name.contains("/") else {
                throw FieldError(
                    "classes[\(index)]",
                    "must be 1…\(MetricName.maximumClassNameSize) bytes without /, because metrics are named after it")
            }
        }
        records = (document["records"]?.objectValue ?? [:]).compactMapValues(\.intValue)
        files = (document["files"]?.objectValue ?? [:]).compactMapValues {
            // The digest alone, or an object that also says the size.
            $0.stringValue ?? $0["sha256"]?.stringValue
        }
        guard !files.isEmpty else { throw FieldError("files", "must name the dataset's files with their sha256") }
        for name in files.keys.sorted() where name.contains("/") || name.hasPrefix(".") {
            throw FieldError("files.\(name)", "must be a file beside \(Self.fileName)")
        }
    }
}
