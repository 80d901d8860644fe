package import TensorFlow

/// A call of a model as TensorFlow Serving's REST API writes it.
///
/// Two formats: rows, `{"instances": [a, b, …]}`, where each instance is a value or an object of named values and all
/// of them become one batch; and columns, `{"inputs": …}`, where each input is written whole. Both may name the
/// signature in `signature_name`.
///
/// - SeeAlso: https://www.tensorflow.org/tfx/serving/api_rest
package struct PredictRequest: Sendable {
    package enum Format: Hashable, Sendable {
        case rows
        case columns
    }

    package let signatureName: String
    package let format: Format
    package let inputs: [String: Tensor]

    /// The number of examples in the batch, for metrics: the size of the first dimension that all inputs share.
    package var exampleCount: Int {
        let counts = Set(inputs.values.map { $0.shape.first })
        guard counts.count == 1, case let count?? = counts.first else { return 1 }
        return count
    }

    /// Reads a request for a model with these signatures.
    ///
    /// - Throws: `invalidArgument` with a message that says where in the request something is wrong, `unimplemented`
    ///   for inputs of a type that JSON cannot carry.
    package init(json: [UInt8], signatures: [String: Signature]) throws(TFError) {
        let document = try PredictDocument(json)
        let name = document.signatureName.isEmpty ? Signature.servingDefault : document.signatureName
        guard let signature = signatures[name] else {
            throw TFError(
                .invalidArgument,
                "the model has no signature \"\(name)\"; it has \(signatures.keys.sorted().joined(separator: ", "))")
        }
        signatureName = name
        switch (document.instances, document.inputs) {
        case (let start?, nil):
            format = .rows
            inputs = try RowReader(signature).read(JSONScanner(json, at: start))
        case (nil, let start?):
            format = .columns
            inputs = try ColumnReader(signature).read(JSONScanner(json, at: start))
        case (nil, nil): throw TFError(.invalidArgument, "the request has neither \"instances\" nor \"inputs\"")
        case (_?, _?): throw TFError(.invalidArgument, "the request has both \"instances\" and \"inputs\"")
        }
    }
}

/// Where the parts of a request are.
///
/// The signature decides how the values are read and may stand behind them, so the values are passed over first.
private struct PredictDocument {
    var signatureName = ""
    var instances: Int?
    var inputs: Int?

    init(_ json: [UInt8]) throws(TFError) {
        var scanner = JSONScanner(json)
        guard scanner.peek() == UInt8(ascii: "{") else {
            throw scanner.error("the request is not a JSON object but \(scanner.nextKind)")
        }
        var found = self
        try scanner.members { (scanner, name) throws(TFError) in
            switch name {
            case "signature_name": found.signatureName = String(decoding: try scanner.string(), as: UTF8.self)
            case "instances" where found.instances == nil: found.instances = try Self.passOver(&scanner)
            case "inputs" where found.inputs == nil: found.inputs = try Self.passOver(&scanner)
            case "instances", "inputs": throw scanner.error("the request has \"\(name)\" twice")
            default: try scanner.skipValue()
            }
        }
        self = found
        guard scanner.peek() == nil else { throw scanner.error("text after the request's object") }
    }

    private static func passOver(_ scanner: inout JSONScanner) throws(TFError) -> Int {
        let start = scanner.position
        try scanner.skipUnread()
        return start
    }
}
