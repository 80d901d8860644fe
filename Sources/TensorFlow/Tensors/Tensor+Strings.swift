import CTensorFlow

extension Tensor {
    /// A tensor of byte strings in row-major order; throws when their number does not fit the shape.
    public init(strings: [[UInt8]], shape: [Int]) throws(TFError) {
        guard try Self.count(of: shape) == strings.count else {
            throw TFError(.invalidArgument, "\(strings.count) strings do not fill a tensor of shape \(shape)")
        }
        let byteCount = strings.count * MemoryLayout<TF_TString>.stride
        let storage = try Self.allocate(.string, shape: shape, byteCount: byteCount)
        let elements = storage.bytes.bindMemory(to: TF_TString.self)
        for (index, string) in strings.enumerated() {
            let element = elements.baseAddress?.advanced(by: index)
            TF_StringInit(element)
            string.withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { TF_StringCopy(element, $0.baseAddress, $0.count) }
            }
        }
        self.dataType = .string
        self.shape = shape
        self.storage = storage
    }

    /// A vector of strings in UTF-8.
    public init(strings: [String]) throws(TFError) {
        try self.init(strings: strings.map { Array($0.utf8) }, shape: [strings.count])
    }

    /// A scalar string in UTF-8.
    public init(string: String) throws(TFError) { try self.init(strings: [Array(string.utf8)], shape: []) }

    /// The elements of a tensor of strings, as bytes; throws when it holds anything else.
    public func byteStrings() throws(TFError) -> [[UInt8]] {
        guard dataType == .string else {
            throw TFError(.invalidArgument, "a tensor of \(dataType) cannot be read as strings")
        }
        return withUnsafeBytes { bytes in
            let elements = bytes.bindMemory(to: TF_TString.self)
            return elements.indices.map { index in
                let element = elements.baseAddress?.advanced(by: index)
                let start = UnsafeRawPointer(TF_StringGetDataPointer(element))
                return Array(UnsafeRawBufferPointer(start: start, count: TF_StringGetSize(element)))
            }
        }
    }

    /// The elements of a tensor of strings, with invalid UTF-8 repaired.
    public func strings() throws(TFError) -> [String] {
        try byteStrings().map { String(decoding: $0, as: UTF8.self) }
    }
}
