import CTensorFlow

/// A graph made into a function that other graphs call, for example to map the elements of a dataset.
///
/// Safe to share: the handle is written once and the C library only reads the function.
public final class GraphFunction: @unchecked Sendable {
    public let name: String
    let handle: OpaquePointer

    /// Makes a function of everything in `body`: `inputs`, placeholders of it, become the arguments, and `outputs` what
    /// is returned.
    public init(named name: String, of body: Graph, inputs: [Output], outputs: [Output]) throws(TFError) {
        let status = Status()
        let function = TF_GraphToFunction(
            body.handle, name, 0, -1, nil, Int32(inputs.count), inputs.map(\.handle), Int32(outputs.count),
            outputs.map(\.handle), nil, nil, nil, status.handle)
        try status.check()
        guard let function else { throw TFError(.internal, "TensorFlow gave no function \(name)") }
        self.name = name
        self.handle = function
    }

    deinit { TF_DeleteFunction(handle) }
}

extension Graph {
    /// Makes a function, and what it calls, known to this graph, so that attributes can name it.
    public func copy(_ function: GraphFunction) throws(TFError) {
        let status = Status()
        TF_GraphCopyFunction(handle, function.handle, nil, status.handle)
        try status.check()
    }
}
