import SwiftProtobuf

/// Makes a SavedModel of a graph and its variables, in the form that TensorFlow 1 introduced: every loader reads it.
///
/// The same graph and values give the same bytes.
public struct SavedModelWriter {
    private let graph: Graph
    private let variables: [Variable]
    private let fileName: Output
    private let save: Output
    private let restore: Operation

    /// Adds the operations that save and restore the variables; the graph should hold only what the model computes.
    public init(_ graph: Graph, variables: [Variable]) throws(TFError) {
        self.graph = graph
        self.variables = variables
        let preset = try graph.constant(string: "model", name: "save/filename_default")
        let fileName = try graph.add(
            "PlaceholderWithDefault", name: "save/filename", preset, attributes: ["shape": .shape(.scalar)]
        ).output
        let names = try graph.constant(strings: variables.map(\.name), name: "save/names")
        let slices = try graph.constant(strings: variables.map { _ in "" }, name: "save/slices")
        let write = try graph.add(
            "SaveV2", name: "save/write",
            [.single(fileName), .single(names), .single(slices), .list(variables.map(\.value))],
            attributes: ["dtypes": .types(variables.map(\.dataType))])
        save = try graph.add(
            "Identity", name: "save/done", [.single(fileName)], attributes: [:], after: [write]
        ).output
        restore = try graph.addRestore(of: variables, from: fileName, name: "save/restore")
        self.fileName = fileName
    }

    /// Sets the variables to the values in a checkpoint that has them under the same names.
    public func restore(from prefix: String, in session: Session) throws(TFError) {
        try session.run(feeds: [fileName: Tensor(string: prefix)], targets: [restore])
    }

    /// Writes the values that the session's variables have to `directory/variables`, which must exist, and gives the
    /// contents of `directory/saved_model.pb`.
    public func write(
        to directory: String, session: Session, signatures: [String: Signature], tags: [String] = ["serve"]
    ) throws(TFError) -> [UInt8] {
        // SaveV2 writes `variables.data-00000-of-00001` and `variables.index` beside it.
        _ = try session.run(
            feeds: [fileName: Tensor(string: "\(directory)/variables/variables")], fetch: save)
        do { return try definition(signatures: signatures, tags: tags) } catch let error as TFError {
            throw error
        } catch {
            throw TFError(.internal, "cannot encode the model: \(error)")
        }
    }

    private func definition(signatures: [String: Signature], tags: [String]) throws -> [UInt8] {
        // TensorFlow writes a node's attributes in no particular order.
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        let nodes = try ProtoGraphDef(serializedBytes: graph.definition())

        var meta = ProtoMetaGraphDef()
        meta.metaInfoDef.tags = tags
        meta.metaInfoDef.tensorflowVersion = TensorFlowLibrary.version
        meta.graphDef = try nodes.serializedBytes(options: options)
        meta.saverDef.filenameTensorName = fileName.name
        meta.saverDef.saveTensorName = save.name
        meta.saverDef.restoreOpName = restore.name
        meta.saverDef.version = .v2
        var collection = ProtoCollectionDef()
        collection.bytesList.value = try variables.map { try $0.message.serializedBytes(options: options) }
        // Without this collection Python's loader sees no variables.
        meta.collectionDef = ["variables": collection, "trainable_variables": collection]
        meta.signatureDef = signatures.mapValues(\.message)

        var model = ProtoSavedModel()
        model.savedModelSchemaVersion = 1
        model.metaGraphs = [meta]
        return try model.serializedBytes(options: options)
    }
}

extension Variable {
    fileprivate var message: ProtoVariableDef {
        var definition = ProtoVariableDef()
        definition.variableName = handle.name
        definition.initializerName = initializer.name
        definition.snapshotName = value.name
        definition.initialValueName = initialValue.name
        definition.isResource = true
        definition.trainable = true
        return definition
    }
}
