import KubernetesAPI

/// A set of replica indexes in the notation of an indexed `batch/v1` job: `0,2-4,7`.
public struct CompletedIndexes: Hashable, Sendable {
    public private(set) var indexes: Set<Int>

    public init(_ indexes: Set<Int> = []) { self.indexes = indexes }

    public var isEmpty: Bool { indexes.isEmpty }
    public var count: Int { indexes.count }

    public func contains(_ index: Int) -> Bool { indexes.contains(index) }

    public mutating func insert(_ index: Int) { indexes.insert(index) }

    /// Forgets indexes that no longer exist after the job was made smaller.
    public mutating func keep(below count: Int) { indexes = indexes.filter { $0 < count } }
}

extension CompletedIndexes: CustomStringConvertible {
    public var description: String {
        var ranges: [ClosedRange<Int>] = []
        for index in indexes.sorted() {
            if let last = ranges.last, last.upperBound.addingWithSaturation(1) == index {
                // In order: the indexes are sorted.
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// More than any job has.
    private static let limit = 100_000

    /// `nil` for text in any other notation, and for ranges beyond what a job can have, one by one or together.
    public init?(_ text: String) {
        indexes = []
        guard !text.isEmpty else { return }
        var listed = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            // From text: what is no number makes the whole no list.
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, 0 <= first,
                first <= last, last < Self.limit
            else { return nil }
            // The same range a thousand times is a short text and a long wait.
            // In order: it was just checked.
            let range = first...last
            listed.addWithSaturation(range.count)
            guard listed <= Self.limit else { return nil }
            indexes.formUnion(range)
        }
    }
}

extension CompletedIndexes: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is no list of indexes such as 0,2-4")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
