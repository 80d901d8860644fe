import TensorFlow

/// How the elements of one data type look in JSON.
protocol TensorElement: Sendable {
    /// Reads one element; the message of what it throws says what is wrong with it.
    static func read(from scanner: inout JSONScanner) throws(TFError) -> Self
    func write(to output: inout [UInt8])
    static func tensor(of elements: [Self], shape: [Int]) throws(TFError) -> Tensor
    static func elements(of tensor: Tensor) throws(TFError) -> [Self]
}

extension TensorElement where Self: TensorScalar {
    static func tensor(of elements: [Self], shape: [Int]) throws(TFError) -> Tensor {
        try Tensor(elements, shape: shape)
    }

    static func elements(of tensor: Tensor) throws(TFError) -> [Self] { try tensor.scalars() }
}

extension TensorElement where Self: FixedWidthInteger {
    /// As TensorFlow Serving, takes `3` and not `3.0`; unlike it, refuses what the type cannot hold.
    static func read(from scanner: inout JSONScanner) throws(TFError) -> Self {
        let start = scanner.position
        guard let value = try scanner.number().whole(Self.self, in: scanner.bytes) else {
            let text = String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
            throw TFError(
                .invalidArgument, "\(text.trimmingSpace) is not a whole number from \(Self.min) to \(Self.max)")
        }
        return value
    }

    func write(to output: inout [UInt8]) { output += String(self).utf8 }
}

extension Int8: TensorElement {}
extension Int16: TensorElement {}
extension Int32: TensorElement {}
extension Int64: TensorElement {}
extension UInt8: TensorElement {}
extension UInt16: TensorElement {}
extension UInt32: TensorElement {}
extension UInt64: TensorElement {}

extension Bool: TensorElement {
    static func read(from scanner: inout JSONScanner) throws(TFError) -> Bool { try scanner.bool() }
    func write(to output: inout [UInt8]) { output += (self ? "true" : "false").utf8 }
}

extension Float: TensorElement {
    static func read(from scanner: inout JSONScanner) throws(TFError) -> Float {
        let number = try scanner.number()
        let value = number.float(in: scanner.bytes)
        try number.check(value, keptExactlyUpTo: 1 << 24 - 1, in: scanner.bytes)
        return value
    }

    func write(to output: inout [UInt8]) { writeDecimal(to: &output) }
}

extension Double: TensorElement {
    static func read(from scanner: inout JSONScanner) throws(TFError) -> Double {
        let number = try scanner.number()
        let value = number.double(in: scanner.bytes)
        try number.check(value, keptExactlyUpTo: 1 << 53 - 1, in: scanner.bytes)
        return value
    }

    func write(to output: inout [UInt8]) { writeDecimal(to: &output) }
}

extension JSONNumber {
    /// Refuses, as TensorFlow Serving does, whole numbers that would lose digits and numbers beyond the type's range.
    func check(
        _ value: some BinaryFloatingPoint, keptExactlyUpTo limit: UInt64, in bytes: [UInt8]
    ) throws(TFError) {
        guard isFinite else { return }
        if isWhole {
            if case .exact(let significand, _) = self.value, significand <= limit { return }
        } else if value.isFinite {
            return
        }
        let text = String(decoding: bytes[range], as: UTF8.self)
        throw TFError(.invalidArgument, "\(text) does not fit the type without loss")
    }
}

extension BinaryFloatingPoint where Self: LosslessStringConvertible {
    /// The shortest text that reads back as the same number; `NaN`, `Infinity` and `-Infinity` as TensorFlow Serving
    /// writes them, which most JSON parsers of scientific languages read.
    func writeDecimal(to output: inout [UInt8]) {
        if isFinite {
            output += description.utf8
        } else {
            output += (isNaN ? "NaN" : self < 0 ? "-Infinity" : "Infinity").utf8
        }
    }
}

extension String {
    fileprivate var trimmingSpace: Substring { drop(while: \.isWhitespace) }
}
