import AerieAPI
import KubernetesAPI

/// A folder of TFRecord files whose bytes are what `dataset.json` says.
public struct Dataset: Hashable, Sendable {
    public let description: DatasetDescription
    /// `sha256:` and the digest of the list of all its files, `dataset.json` among them.
    public let digest: String
    private let folder: Folder

    /// Reads every file once and compares it with its digest.
    ///
    /// Throws ``TrainingError`` `badData`, which names the file and both digests, and for TFRecord files the record that
    /// is damaged.
    public init(directory: String) throws(TrainingError) {
        let folder = Folder(directory)
        guard let bytes = try folder.read(DatasetDescription.fileName) else {
            throw TrainingError(
                .badData, "there is no dataset in \(directory): it has no \(DatasetDescription.fileName)")
        }
        self.folder = folder
        do { description = try DatasetDescription(JSONValue(parsing: bytes)) } catch {
            throw TrainingError(.badData, "\(folder[DatasetDescription.fileName]): \(error)")
        }
        var files = [
            FileDigest(name: DatasetDescription.fileName, size: bytes.count, sha256: ContentDigest.of(bytes))
        ]
        for (name, expected) in description.files.sorted(by: { $0.key < $1.key }) {
            guard let found = try ContentDigest.file(name, in: folder) else {
                throw TrainingError(.badData, "\(folder[name]) is missing; dataset.json names it")
            }
            guard found.sha256 == expected else {
                throw TrainingError(.badData, try Self.explain(folder[name], expected: expected, found: found.sha256))
            }
            files.append(found)
        }
        digest = ContentDigest.list(files)
    }

    /// Throws ``TrainingError`` `badData` when this is not the dataset that is expected.
    func check(digest expected: String?) throws(TrainingError) {
        guard let expected, expected != digest else { return }
        throw TrainingError(.badData, "the dataset in \(folder.path) has digest \(digest), expected \(expected)")
    }

    /// The TFRecord file of a part, such as `train`.
    public func file(of part: String) throws(TrainingError) -> String {
        let name = "\(part).tfrecord"
        guard description.files[name] != nil else {
            let parts = description.files.keys.sorted().joined(separator: ", ")
            throw TrainingError(.badData, "the dataset in \(folder.path) has no \(name); it has \(parts)")
        }
        return folder[name]
    }

    /// Number of records of a part.
    public func recordCount(of part: String) throws(TrainingError) -> Int {
        guard let count = description.records[part], count > 0 else {
            throw TrainingError(.badData, "\(folder[DatasetDescription.fileName]): records.\(part) must be at least 1")
        }
        return count
    }

    private static func explain(
        _ path: String, expected: String, found: String
    ) throws(TrainingError) -> String {
        let digests = "expected sha256:\(expected), found sha256:\(found)"
        guard path.hasSuffix(".tfrecord"), let damage = try TFRecordDamage.find(in: path) else {
            return "\(path) is not the file that dataset.json describes: \(digests)"
        }
        return "\(path) is damaged in \(damage); \(digests)"
    }
}
