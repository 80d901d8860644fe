import TensorFlow

/// Collects one input of a request from nested lists.
protocol TensorReading {
    /// Reads one value: an element, or lists of lists of elements.
    mutating func read(from scanner: inout JSONScanner) throws(TFError)
    /// Where in the value the last `read` stopped, for example `[0][2]`.
    var place: String { get }
    /// What has been read as one tensor; with `rows` that many values one after the other, in a new first dimension.
    func tensor(rows: Int?) throws(TFError) -> Tensor
}

/// Reads values of one data type; every value has to have the same shape, and the one that the signature wants.
struct TensorReader<Element: TensorElement>: TensorReading {
    /// What the signature says of one value.
    private let expected: PartialShape
    private var elements: [Element] = []
    /// The size of the lists of each level, as far as it is known.
    private var sizes: [Int?]
    private var rank: Int?
    /// How far the reader is in the list of each level.
    private var indices: [Int] = []

    init(_ expected: PartialShape) {
        self.expected = expected
        sizes = expected.dimensions ?? []
        rank = expected.dimensions?.count
    }

    var place: String { indices.map { "[\($0)]" }.joined() }

    mutating func read(from scanner: inout JSONScanner) throws(TFError) {
        indices.removeAll(keepingCapacity: true)
        try read(level: 0, from: &scanner)
    }

    private mutating func read(level: Int, from scanner: inout JSONScanner) throws(TFError) {
        guard scanner.peek() == UInt8(ascii: "[") else {
            if let rank, rank != level {
                throw TFError(.invalidArgument, "expected a list, got \(scanner.nextKind)\(reason)")
            }
            rank = level
            elements.append(try Element.read(from: &scanner))
            return
        }
        guard level < rank ?? Self.maximumRank else {
            throw TFError(.invalidArgument, "expected one value, got a list\(reason)")
        }
        if sizes.count <= level { sizes.append(nil) }
        let count = try readList(level: level, from: &scanner)
        if let size = sizes[level], size != count {
            throw TFError(.invalidArgument, "a list of \(count) where \(size) are expected\(reason)")
        }
        sizes[level] = count
        // Below an empty list there is nothing to tell more levels from.
        rank = rank ?? level + 1
    }

    private mutating func readList(level: Int, from scanner: inout JSONScanner) throws(TFError) -> Int {
        try scanner.expect("[")
        if scanner.take("]") { return 0 }
        indices.append(0)
        var count = 0
        repeat {
            indices[level] = count
            if let size = sizes[level], count >= size {
                throw TFError(.invalidArgument, "a list of more than the \(size) that are expected\(reason)")
            }
            if rank == level + 1, scanner.peek() != UInt8(ascii: "[") {
                elements.append(try Element.read(from: &scanner))
            } else {
                try read(level: level + 1, from: &scanner)
            }
            count += 1
        } while try scanner.continues(until: "]")
        indices.removeLast()
        return count
    }

    /// Where an expectation comes from.
    private var reason: String {
        expected.dimensions == nil ? ": all lists of a level must have the same size" : " by the shape \(expected)"
    }

    func tensor(rows: Int?) throws(TFError) -> Tensor {
        let shape = (rows.map { [$0] } ?? []) + sizes.prefix(rank ?? 0).map { $0 ?? 0 }
        return try Element.tensor(of: elements, shape: shape)
    }

    /// TensorFlow has no tensors of more dimensions.
    private static var maximumRank: Int { 254 }
}

extension DataType {
    /// A reader for elements of this type.
    ///
    /// - Throws: `unimplemented` for types that JSON has no writing for.
    func reader(for shape: PartialShape) throws(TFError) -> any TensorReading {
        switch self {
        case .float: TensorReader<Float>(shape)
        case .double: TensorReader<Double>(shape)
        case .half: TensorReader<Float16>(shape)
        case .bfloat16: TensorReader<BrainFloat>(shape)
        case .int8: TensorReader<Int8>(shape)
        case .int16: TensorReader<Int16>(shape)
        case .int32: TensorReader<Int32>(shape)
        case .int64: TensorReader<Int64>(shape)
        case .uint8: TensorReader<UInt8>(shape)
        case .uint16: TensorReader<UInt16>(shape)
        case .uint32: TensorReader<UInt32>(shape)
        case .uint64: TensorReader<UInt64>(shape)
        case .bool: TensorReader<Bool>(shape)
        case .string: TensorReader<TextElement>(shape)
        case .complex64, .complex128, .resource, .variant:
            throw TFError(.unimplemented, "inputs of type \(protocolName) cannot be sent as JSON")
        }
    }
}
