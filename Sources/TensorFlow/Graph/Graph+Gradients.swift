import CTensorFlow

extension Graph {
    /// Adds operations that compute the derivatives of `outputs` by each of `inputs`.
    ///
    /// Inputs may be resource variables' handles. Not every operation has a gradient in the C library, and for dilated
    /// convolutions it is wrong: see `docs/limits.md`.
    ///
    /// The derivatives of several outputs are summed. `initial` holds the derivatives of the final result by each output,
    /// ones when it is `nil`. The result has one derivative an input, in the same order.
    public func gradients(
        of outputs: [Output], by inputs: [Output], initial: [Output]? = nil
    ) throws(TFError) -> [Output] {
        let status = Status()
        var derivatives = [TF_Output](repeating: TF_Output(oper: nil, index: 0), count: inputs.count)
        var y = outputs.map(\.handle)
        var x = inputs.map(\.handle)
        let prefix = uniqueName("gradients")
        if var dx = initial?.map(\.handle) {
            TF_AddGradientsWithPrefix(
                handle, prefix, &y, Int32(y.count), &x, Int32(x.count), &dx, status.handle, &derivatives)
        } else {
            TF_AddGradientsWithPrefix(
                handle, prefix, &y, Int32(y.count), &x, Int32(x.count), nil, status.handle, &derivatives)
        }
        try status.check()
        var results: [Output] = []
        for (input, derivative) in zip(inputs, derivatives) {
            guard let operation = derivative.oper else {
                throw TFError(.invalidArgument, "nothing that is differentiated depends on \(input.name)")
            }
            results.append(
                Output(operation: Operation(graph: self, handle: operation), index: Int(derivative.index)))
        }
        return results
    }
}
