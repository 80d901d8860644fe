import TensorFlow

/// Reads `instances`: one value, or one object of named values, an example.
struct RowReader {
    private let signature: Signature
    private var readers: [String: any TensorReading] = [:]

    init(_ signature: Signature) throws(TFError) {
        self.signature = signature
        for (name, input) in signature.inputs {
            let row: PartialShape
            switch input.shape.dimensions {
            case nil: row = .unknown
            case []?:
                throw TFError(
                    .invalidArgument,
                    "input \"\(name)\" has no batch dimension; send it in \"inputs\", not \"instances\"")
            case let dimensions?: row = PartialShape(Array(dimensions.dropFirst()))
            }
            readers[name] = try input.dataType.reader(for: row)
        }
    }

    consuming func read(_ scanner: JSONScanner) throws(TFError) -> [String: Tensor] {
        var scanner = scanner
        guard scanner.take("[") else {
            throw scanner.error("\"instances\" must be a list, got \(scanner.nextKind)")
        }
        var rows = 0
        if scanner.take("]") { throw scanner.error("\"instances\" is an empty list") }
        let areObjects = Self.isObjectOfInputs(scanner)
        repeat {
            if areObjects { try readObject(row: rows, &scanner) } else { try readValue(row: rows, &scanner) }
            rows += 1
        } while try scanner.continues(until: "]")

        var tensors: [String: Tensor] = [:]
        for (name, reader) in readers { tensors[name] = try reader.tensor(rows: rows) }
        return tensors
    }

    /// Whether the next value names inputs; `{"b64": …}` is itself the value of one.
    static func isObjectOfInputs(_ scanner: JSONScanner) -> Bool {
        var ahead = scanner
        guard ahead.take("{"), let name = try? ahead.string(), name == Array("b64".utf8) else {
            return scanner.nextKind == "an object"
        }
        guard ahead.take(":"), (try? ahead.string()) != nil else { return true }
        return !ahead.take("}")
    }

    private mutating func readValue(row: Int, _ scanner: inout JSONScanner) throws(TFError) {
        guard let name = signature.inputs.keys.first, signature.inputs.count == 1 else {
            throw TFError(
                .invalidArgument,
                "instances[\(row)] must be an object with the inputs \(signature.inputNames), got \(scanner.nextKind)")
        }
        guard !Self.isObjectOfInputs(scanner) else {
            throw TFError(.invalidArgument, "instances[\(row)] is an object, the ones before are plain values")
        }
        try read(name, at: "instances[\(row)]", &scanner)
    }

    private mutating func readObject(row: Int, _ scanner: inout JSONScanner) throws(TFError) {
        guard Self.isObjectOfInputs(scanner) else {
            throw TFError(
                .invalidArgument,
                "instances[\(row)] is \(scanner.nextKind), the ones before are objects of named inputs")
        }
        var missing = Set(signature.inputs.keys)
        try scanner.expect("{")
        guard !scanner.take("}") else { throw missingInputs(missing, row: row) }
        repeat {
            let name = String(decoding: try scanner.string(), as: UTF8.self)
            try scanner.expect(":")
            guard signature.inputs[name] != nil else {
                throw TFError(
                    .invalidArgument,
                    "instances[\(row)] has the unknown input \"\(name)\"; the signature takes \(signature.inputNames)")
            }
            guard missing.remove(name) != nil else {
                throw TFError(.invalidArgument, "instances[\(row)] has the input \"\(name)\" twice")
            }
            try read(name, at: "instances[\(row)].\(name)", &scanner)
        } while try scanner.continues(until: "}")
        guard missing.isEmpty else { throw missingInputs(missing, row: row) }
    }

    private func missingInputs(_ names: Set<String>, row: Int) -> TFError {
        TFError(.invalidArgument, "instances[\(row)] lacks \(names.sorted().joined(separator: ", "))")
    }

    private mutating func read(
        _ name: String, at place: @autoclosure () -> String, _ scanner: inout JSONScanner
    ) throws(TFError) {
        do { try readers[name]?.read(from: &scanner) } catch {
            throw TFError(error.code, "\(place())\(readers[name]?.place ?? ""): \(error.message)")
        }
    }
}

extension Signature {
    var inputNames: String { inputs.keys.sorted().joined(separator: ", ") }
}
