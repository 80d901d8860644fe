import TensorFlow

/// Batches of images and labels, read and parsed by the graph itself while it computes.
struct InputPipeline {
    let images: Output
    let labels: Output
    private let start: Operation
    private let stop: Operation

    /// Wires an iterator to the end of a chain of dataset operations.
    fileprivate init(_ dataset: Output, parser: ExampleParser, name: String, in graph: Graph) throws(TFError) {
        let element: [String: AttributeValue] = [
            "output_types": .types(parser.types), "output_shapes": .shapes(parser.shapes),
        ]
        let iterator = try graph.add(
            "IteratorV2", name: "\(name)/iterator", [],
            attributes: element.merging(["shared_name": .string(name), "container": .string("")]) { $1 }
        ).output
        start = try graph.add("MakeIterator", name: "\(name)/start", dataset, iterator)
        stop = try graph.add(
            "DestroyResourceOp", name: "\(name)/stop", iterator, attributes: ["ignore_lookup_error": .bool(true)])
        let next = try graph.add("IteratorGetNext", name: "\(name)/next", iterator, attributes: element)
        images = next[0]
        labels = next[1]
    }

    /// Finds a pipeline that was imported into a graph under a prefix.
    fileprivate init(imported prefix: String, name: String, in graph: Graph) throws(TFError) {
        start = try graph.imported("\(prefix)/\(name)/start")
        stop = try graph.imported("\(prefix)/\(name)/stop")
        let next = try graph.imported("\(prefix)/\(name)/next")
        images = next[0]
        labels = next[1]
    }

    func start(in session: Session, feeds: [Output: Tensor] = [:]) throws(TFError) {
        try session.run(feeds: feeds, targets: [start])
    }

    /// Ends the pipeline's own threads; to be called before the session goes.
    func stop(in session: Session) throws(TFError) { try session.run(targets: [stop]) }
}

extension InputPipeline {
    /// All records of a file once, in order; then `outOfRange`.
    static func sequential(
        _ file: String, parser: ExampleParser, batchSize: Int, name: String, in graph: Graph
    ) throws(TFError) -> InputPipeline {
        // Takes all; without an operation in between, TensorFlow warns of a type that it cannot infer.
        let records = try graph.add(
            "TakeDataset", graph.tfRecords(file), graph.constant(Int64(-1)),
            attributes: ["output_types": .types([.string]), "output_shapes": .shapes([.scalar])]
        ).output
        let batches = try graph.batches(of: records, size: batchSize, dropRemainder: false)
        return try InputPipeline(
            graph.parsed(batches, parser: parser, threads: 1, name: name), parser: parser, name: name, in: graph)
    }
}

/// The endless pipeline for training.
///
/// Every epoch is a shuffle of its own of all records, cut into whole batches; what is left over is left out. Which
/// records a step sees is a function of the seed and the step alone, so a resumed training sees what an
/// uninterrupted one would have seen.
struct TrainingPipeline {
    let batches: InputPipeline
    private let firstEpoch: Output
    private let skipped: Output
    private let stepsPerEpoch: Int

    /// Records that wait to be drawn from: the whole file up to this number.
    static let maximumShuffleBuffer = 65536

    private static let name = "train"
    private static let firstEpochName = "input/first_epoch"
    private static let skippedName = "input/skipped_batches"

    /// Gives `share` of every batch.
    init(
        _ file: String, parser: ExampleParser, recordCount: Int, share: BatchShare, seed: Int, threads: Int,
        in graph: Graph
    ) throws(TFError) {
        let size = share.batchSize
        stepsPerEpoch = recordCount / size
        let epoch = try Self.epoch(
            file, named: "epoch\(share.suffix)", batchSize: size,
            buffer: min(recordCount, Self.maximumShuffleBuffer), seed: seed)
        try graph.copy(epoch)
        firstEpoch = try graph.placeholder(.int64, shape: .scalar, name: Self.firstEpochName)
        skipped = try graph.placeholder(.int64, shape: .scalar, name: Self.skippedName)
        let epochs = try graph.add(
            "RangeDataset", firstEpoch, graph.constant(Int64.max), graph.constant(Int64(1)),
            attributes: ["output_types": .types([.int64]), "output_shapes": .shapes([.scalar])]
        ).output
        let allBatches = try graph.add(
            "FlatMapDataset", name: nil, [.single(epochs), []],
            attributes: [
                "f": .function(epoch.name), "Targuments": .types([]), "output_types": .types([.string]),
                "output_shapes": .shapes([[size]]),
            ]
        ).output
        let remaining = try graph.add(
            "SkipDataset", allBatches, skipped,
            attributes: ["output_types": .types([.string]), "output_shapes": .shapes([[size]])]
        ).output
        batches = try InputPipeline(
            graph.parsed(remaining, parser: parser, threads: threads, name: Self.name, share: share), parser: parser,
            name: Self.name, in: graph)
    }

    /// Finds a pipeline that was imported into a graph under a prefix.
    init(imported prefix: String, recordCount: Int, batchSize: Int, in graph: Graph) throws(TFError) {
        stepsPerEpoch = recordCount / batchSize
        firstEpoch = try graph.imported("\(prefix)/\(Self.firstEpochName)").output
        skipped = try graph.imported("\(prefix)/\(Self.skippedName)").output
        batches = try InputPipeline(imported: prefix, name: Self.name, in: graph)
    }

    /// Makes the next batch the one of `step`, counted from 0.
    func start(at step: Int, in session: Session) throws(TFError) {
        try batches.start(
            in: session,
            feeds: [
                firstEpoch: Tensor(Int64(step / stepsPerEpoch)), skipped: Tensor(Int64(step % stepsPerEpoch)),
            ])
    }

    /// A function from an epoch's number to its batches of records.
    private static func epoch(
        _ file: String, named name: String, batchSize: Int, buffer: Int, seed: Int
    ) throws(TFError) -> GraphFunction {
        let graph = Graph()
        let number = try graph.placeholder(.int64, shape: .scalar)
        // Two zeros would ask for a random seed, so the second is never zero.
        let second = try graph.add("AddV2", number, graph.constant(Int64(1))).output
        let shuffled = try graph.add(
            "ShuffleDatasetV3", graph.tfRecords(file), graph.constant(Int64(buffer)), graph.constant(Int64(seed)),
            second, graph.add("DummySeedGenerator").output,
            attributes: [
                "output_types": .types([.string]), "output_shapes": .shapes([.scalar]),
                "reshuffle_each_iteration": .bool(false),
            ]
        ).output
        let batches = try graph.batches(of: shuffled, size: batchSize, dropRemainder: true)
        return try GraphFunction(named: name, of: graph, inputs: [number], outputs: [batches])
    }
}

extension Graph {
    fileprivate func tfRecords(_ file: String) throws(TFError) -> Output {
        try add("TFRecordDataset", constant(strings: [file]), constant(string: ""), constant(Int64(1 << 18))).output
    }

    fileprivate func batches(of records: Output, size: Int, dropRemainder: Bool) throws(TFError) -> Output {
        try add(
            "BatchDatasetV2", records, constant(Int64(size)), constant(dropRemainder),
            attributes: [
                "output_types": .types([.string]), "output_shapes": .shapes([dropRemainder ? [size] : [nil]]),
            ]
        ).output
    }

    /// Parses whole batches, several times faster than record by record, some batches ahead of their use.
    fileprivate func parsed(
        _ batches: Output, parser: ExampleParser, threads: Int, name: String, share: BatchShare? = nil
    ) throws(TFError) -> Output {
        let function = try parser.function(named: "parse_\(name)\(share?.suffix ?? "")", share: share)
        try copy(function)
        let element: [String: AttributeValue] = [
            "output_types": .types(parser.types), "output_shapes": .shapes(parser.shapes),
        ]
        let mapped = try add(
            "ParallelMapDatasetV2", name: nil,
            [.single(batches), [], .single(constant(Int64(threads)))],
            attributes: element.merging([
                "f": .function(function.name), "Targuments": .types([]), "deterministic": .string("true"),
            ]) { $1 }
        ).output
        return try add("PrefetchDataset", mapped, constant(Int64(threads + 1)), attributes: element).output
    }
    /// An operation that importing must have added.
    func imported(_ name: String) throws(TFError) -> Operation {
        guard let operation = operation(named: name) else {
            throw TFError(.internal, "the imported graph has no operation \(name)")
        }
        return operation
    }
}
