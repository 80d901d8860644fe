import TensorFlow

/// The operations that turn serialized `tf.train.Example` records into images and labels, many at a time.
struct ExampleParser {
    let shape: [Int]
    let pixelType: PixelType

    init(_ description: DatasetDescription) {
        shape = description.imageShape
        pixelType = description.pixelType
    }

    /// What the parser gives: images `[?, rows, columns, bands]` and labels `[?]`.
    var types: [DataType] { [pixelType.dataType, .int64] }
    var shapes: [PartialShape] { [PartialShape([nil] + shape.map(Optional.some)), [nil]] }

    /// A function from a vector of records to the images and labels of those records of it that `share` names.
    func function(named name: String, share: BatchShare? = nil) throws(TFError) -> GraphFunction {
        let graph = Graph()
        let batch = try graph.placeholder(.string, shape: [nil])
        var records = batch
        if let share, !share.isWhole {
            records = try graph.add(
                "Slice", batch, graph.constant([Int32(share.rows.lowerBound)]),
                graph.constant([Int32(share.rows.count)])
            ).output
        }
        let empty = try graph.constant(strings: [])
        let noNumbers = try graph.constant([] as [Int64])
        let keys = [DatasetDescription.imageFeature, DatasetDescription.labelFeature]
        // Empty defaults make both features required.
        let parsed = try graph.add(
            "ParseExampleV2", name: nil,
            [
                .single(records), .single(empty), .single(empty), .single(graph.constant(strings: keys)),
                .single(empty), [empty, noNumbers],
            ],
            attributes: [
                "Tdense": .types([.string, .int64]), "num_sparse": .int(0), "sparse_types": .types([]),
                "ragged_value_types": .types([]), "ragged_split_types": .types([]),
                "dense_shapes": .shapes([.scalar, .scalar]),
            ])
        let pixels = try graph.add(
            "DecodeRaw", parsed[0],
            attributes: ["out_type": .type(pixelType.dataType), "little_endian": .bool(true)]
        ).output
        let images = try graph.add(
            "Reshape", pixels, graph.constant([-1] + shape.map(Int32.init))
        ).output
        return try GraphFunction(named: name, of: graph, inputs: [batch], outputs: [images, parsed[1]])
    }
}
