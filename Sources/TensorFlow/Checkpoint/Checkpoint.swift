/// A V2 checkpoint on disk: values by name, in files that share a prefix.
public struct Checkpoint: Hashable, Sendable {
    /// The path without `.index` and `.data-…`.
    public var prefix: String

    public init(prefix: String) { self.prefix = prefix }

    /// Reads values by name and data type, in the same order.
    ///
    /// Throws ``TFError`` `notFound` for a name, or a checkpoint, that does not exist and `dataLoss` for damaged files.
    public func read(_ names: [(String, DataType)]) throws(TFError) -> [Tensor] {
        let graph = Graph()
        let read = try graph.add(
            "RestoreV2", graph.constant(string: prefix), graph.constant(strings: names.map(\.0)),
            graph.constant(strings: names.map { _ in "" }), attributes: ["dtypes": .types(names.map(\.1))])
        let session = try Session(
            graph, configuration: SessionConfiguration(intraOperationThreads: 1, interOperationThreads: 1))
        return try session.run(fetches: names.indices.map { read[$0] })
    }
}
