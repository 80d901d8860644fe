import CTensorFlow

extension Graph {
    /// The graph as a serialized `GraphDef`.
    public func definition() throws(TFError) -> [UInt8] {
        let status = Status()
        let buffer = Buffer()
        TF_GraphToGraphDef(handle, buffer.handle, status.handle)
        try status.check()
        return buffer.bytes
    }

    /// Adds all operations of a serialized `GraphDef`.
    ///
    /// A prefix is put before every imported name, with a slash. Outputs of the definition that `mapping` names
    /// (`operation:index`) are not used: outputs of this graph stand in for them. Operations without a device get
    /// `device`; this graph's scope does not matter.
    public func importDefinition(
        _ definition: [UInt8], prefix: String = "", device: String? = nil, replacing mapping: [String: Output] = [:]
    ) throws(TFError) {
        let options = TF_NewImportGraphDefOptions()
        defer { TF_DeleteImportGraphDefOptions(options) }
        TF_ImportGraphDefOptionsSetPrefix(options, prefix)
        if let device { TF_ImportGraphDefOptionsSetDefaultDevice(options, device) }
        for (name, output) in mapping {
            let parts = name.split(separator: ":", maxSplits: 1)
            guard let operation = parts.first, let index = parts.count == 2 ? Int32(parts[1]) : 0 else {
                throw TFError(.invalidArgument, "\(name) does not name an output")
            }
            TF_ImportGraphDefOptionsAddInputMapping(options, String(operation), index, output.handle)
        }
        let status = Status()
        let buffer = Buffer(definition)
        TF_GraphImportGraphDef(handle, buffer.handle, options, status.handle)
        try status.check()
    }
}
