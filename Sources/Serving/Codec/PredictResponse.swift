import KubernetesAPI
package import TensorFlow

/// What a model answered, as TensorFlow Serving's REST API writes it.
package struct PredictResponse: Sendable {
    package var outputs: [String: Tensor]
    /// The format of the request: rows are answered with `predictions`, columns with `outputs`.
    package var format: PredictRequest.Format

    package init(outputs: [String: Tensor], format: PredictRequest.Format) {
        self.outputs = outputs
        self.format = format
    }

    /// The document; a single output is written without its name.
    ///
    /// - Throws: `invalidArgument` when outputs cannot be cut into rows, `unimplemented` for types without a writing.
    package func json() throws(TFError) -> [UInt8] {
        var columns: [(name: String, writer: any TensorWriting)] = []
        for (name, tensor) in outputs.sorted(by: { $0.key < $1.key }) {
            columns.append((name, try tensor.writer(named: name)))
        }
        var output: [UInt8] = []
        output.reserveCapacity(32 + 12 * outputs.values.reduce(0) { $0 + $1.count })
        switch format {
        case .rows: try writeRows(&columns, to: &output)
        case .columns:
            output += "{\"outputs\":".utf8
            Self.write(&columns, dropping: 0, to: &output)
        }
        output.append(UInt8(ascii: "}"))
        return output
    }

    private func writeRows(
        _ columns: inout [(name: String, writer: any TensorWriting)], to output: inout [UInt8]
    ) throws(TFError) {
        var rows: Int?
        for (name, writer) in columns {
            guard let count = writer.shape.first, count == rows ?? count else {
                throw TFError(
                    .invalidArgument,
                    "output \"\(name)\" has shape \(writer.shape) and not one value a row; send \"inputs\", not \"instances\""
                )
            }
            rows = count
        }
        output += "{\"predictions\":[".utf8
        for row in 0..<(rows ?? 0) {
            if row > 0 { output.append(UInt8(ascii: ",")) }
            Self.write(&columns, dropping: 1, to: &output)
        }
        output.append(UInt8(ascii: "]"))
    }

    /// Writes the next part of each output: all of it, or a row, which lacks the first dimension.
    private static func write(
        _ columns: inout [(name: String, writer: any TensorWriting)], dropping dimensions: Int, to output: inout [UInt8]
    ) {
        let areNamed = columns.count != 1
        if areNamed { output.append(UInt8(ascii: "{")) }
        for index in columns.indices {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            if areNamed { output += JSONValue.string(columns[index].name).serialized + [UInt8(ascii: ":")] }
            let shape = columns[index].writer.shape.dropFirst(dimensions)
            columns[index].writer.write(shape: shape, to: &output)
        }
        if areNamed { output.append(UInt8(ascii: "}")) }
    }
}
