public import AerieAPI
public import KubernetesAPI

/// One parameter of a search space: a rule that gives its values by position.
public struct Dimension: Hashable, Sendable {
    public let name: String
    public let domain: Parameter.Domain

    public init(name: String, domain: Parameter.Domain) {
        self.name = name
        self.domain = domain
    }

    /// How many values there are; `nil` for a range of numbers with fractions.
    ///
    /// A range that no specification may have (upside down, without a step) has none; one of more values than there
    /// are numbers has the most that can be counted.
    public var count: Int? {
        switch domain {
        case .double(let range): range.min == range.max ? 1 : nil
        case .int(let range): range.count
        case .discrete(let list): list.values.count
        case .categorical(let list): list.values.count
        }
    }

    /// The value at `index` of a dimension that can be counted; null where there is none.
    public func value(at index: Int) -> JSONValue {
        switch domain {
        case .double(let range): .number(range.min)
        case .int(let range): range.value(at: index).map { JSONValue($0) } ?? .null
        case .discrete(let list): list.values.indices.contains(index) ? .number(list.values[index]) : .null
        case .categorical(let list): list.values.indices.contains(index) ? .string(list.values[index]) : .null
        }
    }

    /// The value at a fraction of 0…1 of the whole dimension; equal parts of the fraction are equally many values.
    public func value(at fraction: Double) -> JSONValue {
        if let count {
            // Floating point: a product beyond the last index is the last index.
            let index = Int(exactly: (fraction * Double(count)).rounded(.down)) ?? count
            return value(at: min(count.subtractingWithSaturation(1), index))
        }
        guard case .double(let range) = domain else { return .null }
        return .number(range.value(at: fraction))
    }
}

extension Parameter.IntRange {
    /// How many values there are, at most `Int.max`; none in a range that is upside down or has no step.
    fileprivate var count: Int {
        guard min <= max, step >= 1 else { return 0 }
        // The distance of any two numbers fits without its sign.
        let width = UInt64(truncatingIfNeeded: max) &- UInt64(truncatingIfNeeded: min)
        // Cannot overflow: a step is 1 or more.
        return Int(clamping: (width / UInt64(clamping: step)).addingWithSaturation(1))
    }

    fileprivate func value(at index: Int) -> Int? {
        guard index >= 0, index < count else { return nil }
        return Swift.min(max, min.addingWithSaturation(index.multipliedWithSaturation(by: step)))
    }
}

extension Parameter.DoubleRange {
    /// The value at a fraction of the range, with six significant digits, which is more than any search can tell apart.
    func value(at fraction: Double) -> Double {
        // Floating point: what is no number stays none, nothing traps.
        if fraction <= 0 { return min }
        if fraction >= 1 { return max }
        let exact =
            switch scale {
            case .linear: min + (max - min) * fraction
            case .log: min * power(ofRatio: fraction)
            }
        return Swift.min(max, Swift.max(min, exact.roundedToSixDigits))
    }

    /// `(max / min)` to the power of `exponent`, which is 0..<1.
    ///
    /// Multiplies the roots that the binary digits of the exponent ask for. IEEE 754 rounds square roots exactly, so
    /// every machine gives the same value, which the C library's `pow` does not promise.
    private func power(ofRatio exponent: Double) -> Double {
        // Floating point: the loop ends with the last binary digit of the exponent.
        var root = max.squareRoot() / min.squareRoot()
        var digits = exponent
        var product = 1.0
        while digits > 0, root != 1 {
            digits *= 2
            if digits >= 1 {
                product *= root
                digits -= 1
            }
            root = root.squareRoot()
        }
        return product
    }
}

extension Double {
    /// Rounded so that it prints with at most six digits; numbers of extreme magnitude stay as they are.
    fileprivate var roundedToSixDigits: Double {
        // Floating point: the loop ends at 10²².
        var scale = 1.0
        // Powers of ten are exact up to 10²².
        while (magnitude * scale).rounded() < 100_000, scale < 1e22 { scale *= 10 }
        guard magnitude * scale < 1e15 else { return self }
        return (self * scale).rounded() / scale
    }
}
