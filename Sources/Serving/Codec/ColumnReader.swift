import TensorFlow

/// Reads `inputs`: the value of the only input, or an object with the values of all of them.
struct ColumnReader {
    private let signature: Signature

    init(_ signature: Signature) { self.signature = signature }

    func read(_ scanner: JSONScanner) throws(TFError) -> [String: Tensor] {
        var scanner = scanner
        guard RowReader.isObjectOfInputs(scanner) else {
            guard let (name, input) = signature.inputs.first, signature.inputs.count == 1 else {
                throw TFError(
                    .invalidArgument,
                    "\"inputs\" must be an object with the inputs \(signature.inputNames), got \(scanner.nextKind)")
            }
            return [name: try tensor(for: input, at: "inputs", &scanner)]
        }
        var tensors: [String: Tensor] = [:]
        try scanner.members { (scanner, name) throws(TFError) in
            // TensorFlow Serving ignores inputs that the signature does not have, and so do its clients rely on it.
            guard let input = signature.inputs[name] else { return try scanner.skipValue() }
            guard tensors[name] == nil else {
                throw TFError(.invalidArgument, "\"inputs\" has the input \"\(name)\" twice")
            }
            tensors[name] = try tensor(for: input, at: "inputs.\(name)", &scanner)
        }
        let missing = signature.inputs.keys.filter { tensors[$0] == nil }.sorted()
        guard missing.isEmpty else {
            throw TFError(.invalidArgument, "\"inputs\" lacks \(missing.joined(separator: ", "))")
        }
        return tensors
    }

    private func tensor(
        for input: TensorSpecification, at place: String, _ scanner: inout JSONScanner
    ) throws(TFError) -> Tensor {
        var reader = try input.dataType.reader(for: input.shape)
        do { try reader.read(from: &scanner) } catch {
            throw TFError(error.code, "\(place)\(reader.place): \(error.message)")
        }
        return try reader.tensor(rows: nil)
    }
}
