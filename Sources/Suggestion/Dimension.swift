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
    public var count: Int? {
        switch domain {
        case .double(let range): range.min == range.max ? 1 : nil
        case .int(let range): (range.max - range.min) / range.step + 1
        case .discrete(let list): list.values.count
        case .categorical(let list): list.values.count
        }
    }

    /// The value at `index` of a dimension that can be counted.
    public func value(at index: Int) -> JSONValue {
        switch domain {
        case .double(let range): .number(range.min)
        case .int(let range): JSONValue(range.min + index * range.step)
        case .discrete(let list): .number(list.values[index])
        case .categorical(let list): .string(list.values[index])
        }
    }

    /// The value at a fraction of 0…1 of the whole dimension; equal parts of the fraction are equally many values.
    public func value(at fraction: Double) -> JSONValue {
        if let count { return value(at: min(count - 1, Int(fraction * Double(count)))) }
        guard case .double(let range) = domain else { return .null }
        return .number(range.value(at: fraction))
    }
}

extension Parameter.DoubleRange {
    /// The value at a fraction of the range, with six significant digits, which is more than any search can tell apart.
    func value(at fraction: Double) -> Double {
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
        var scale = 1.0
        // Powers of ten are exact up to 10²².
        while (magnitude * scale).rounded() < 100_000, scale < 1e22 { scale *= 10 }
        guard magnitude * scale < 1e15 else { return self }
        return (self * scale).rounded() / scale
    }
}
