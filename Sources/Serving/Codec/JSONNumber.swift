package import TensorFlow

/// A number as a JSON document writes it, before it is known of which type it has to be.
package struct JSONNumber {
    enum Value {
        /// `significand * 10^exponent`, with all digits of the text.
        case exact(significand: UInt64, exponent: Int)
        /// More digits than 64 bits hold.
        case long
        case infinity
        case nan
    }
    let value: Value
    package let isNegative: Bool
    /// Written without fraction and exponent, so that it may stand for a whole number.
    package let isWhole: Bool
    /// Where the text is.
    let range: Range<Int>

    /// The whole number, given the bytes that it was read from; `nil` for fractions and for numbers that the type
    /// cannot hold.
    package func whole<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self, in bytes: [UInt8]
    ) -> Integer? {
        guard isWhole else { return nil }
        guard case .exact(let magnitude, _) = value, magnitude <= Int64.max.magnitude else {
            return Integer(String(decoding: bytes[range], as: UTF8.self))
        }
        return Integer(exactly: isNegative ? -Int64(magnitude) : Int64(magnitude))
    }

    private static let powersOfTen: [Double] = (0...22).map { exponent in
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    /// The nearest `Double`, given the bytes that the number was read from.
    package func double(in bytes: [UInt8]) -> Double {
        switch value {
        case .nan: return .nan
        case .infinity: return isNegative ? -.infinity : .infinity
        case .exact(let significand, let exponent) where significand <= 1 << 53 && (-22...22).contains(exponent):
            // Both factors are exact, so the one rounding of the product is the right one.
            let magnitude = Self.scaled(significand, by: exponent)
            return isNegative ? -magnitude : magnitude
        case .exact, .long:
            // The scanner has checked the text, so there is a value, be it infinite.
            return Double(String(decoding: bytes[range], as: UTF8.self)) ?? .nan
        }
    }

    /// The nearest `Float`, given the bytes that the number was read from.
    package func float(in bytes: [UInt8]) -> Float {
        if case .exact(let significand, let exponent) = value, (-22...22).contains(exponent) {
            // Off by at most two units in the last place of a Double; that cannot change the Float unless the number
            // is as near as that to the middle between two Floats. 29 bits is what a Double has more.
            let magnitude = Self.scaled(significand, by: exponent)
            let below = magnitude.bitPattern & (1 << 29 - 1)
            let isNearMiddle = below &- (1 << 28 - 4) <= 8
            if !isNearMiddle, magnitude >= Double(Float.leastNormalMagnitude) || significand == 0 {
                return isNegative ? -Float(magnitude) : Float(magnitude)
            }
        }
        switch value {
        case .nan: return .nan
        case .infinity: return isNegative ? -.infinity : .infinity
        case .exact, .long: return Float(String(decoding: bytes[range], as: UTF8.self)) ?? .nan
        }
    }

    private static func scaled(_ significand: UInt64, by exponent: Int) -> Double {
        exponent < 0 ? Double(significand) / powersOfTen[-exponent] : Double(significand) * powersOfTen[exponent]
    }

    /// Whether the text is a number and not one of the tokens for infinity and NaN.
    package var isFinite: Bool {
        switch value {
        case .exact, .long: true
        case .infinity, .nan: false
        }
    }
}

extension JSONScanner {
    /// Reads a number, or one of the tokens `NaN`, `Inf` and `Infinity` with or without a minus.
    package mutating func number() throws(TFError) -> JSONNumber {
        guard peek() != nil else { throw error("expected a number, got the end of the document") }
        let start = position
        var end = start
        let isNegative = bytes[end] == UInt8(ascii: "-")
        if isNegative { end += 1 }

        var significand: UInt64 = 0
        var exponent = 0
        var fits = true
        var isWhole = true
        func digits(_ body: (UInt8) -> Void) -> Int {
            let first = end
            while end < bytes.count, case let digit = bytes[end] &- 0x30, digit < 10 {
                body(digit)
                end += 1
            }
            return end - first
        }
        func accumulate(_ digit: UInt8) {
            // 19 digits always fit; leading zeros do not count.
            guard fits, significand < 1_000_000_000_000_000_000 else { return fits = false }
            significand = significand &* 10 &+ UInt64(digit)
        }

        let firstDigit = end
        let wholeDigits = digits(accumulate)
        guard wholeDigits > 0 else { return try token(start: start, end: end, isNegative: isNegative) }
        guard wholeDigits == 1 || bytes[firstDigit] != 0x30 else { throw error("a number has a leading zero") }
        if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
            isWhole = false
            end += 1
            let fraction = digits(accumulate)
            guard fraction > 0 else { throw error("a number ends with '.'") }
            exponent -= fraction
        }
        if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            end += 1
            let sign = end < bytes.count ? bytes[end] : 0
            if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { end += 1 }
            var power = 0
            guard digits({ power = min(power * 10 + Int($0), 100_000) }) > 0 else {
                throw error("a number ends within its exponent")
            }
            exponent += sign == UInt8(ascii: "-") ? -power : power
        }
        move(to: end)
        return JSONNumber(
            value: fits ? .exact(significand: significand, exponent: exponent) : .long, isNegative: isNegative,
            isWhole: isWhole, range: start..<end)
    }

    private mutating func token(start: Int, end: Int, isNegative: Bool) throws(TFError) -> JSONNumber {
        let tokens: [(text: String, value: JSONNumber.Value)] = [
            ("NaN", .nan), ("Infinity", .infinity), ("Inf", .infinity),
        ]
        for token in tokens where bytes[end...].starts(with: token.text.utf8) {
            move(to: end + token.text.utf8.count)
            return JSONNumber(value: token.value, isNegative: isNegative, isWhole: false, range: start..<position)
        }
        throw error("expected a number, got \(nextKind)")
    }
}
