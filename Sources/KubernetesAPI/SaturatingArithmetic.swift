/// Arithmetic that stops at the bounds of its type instead of ending the process.
///
/// Numbers in objects are whatever somebody wrote, up to the last bit of an `Int64`, and `+` on them traps. Wherever a
/// decoded number is computed with, one of these does it; `scripts/check-arithmetic.py` finds the places that do
/// without. A count or a moment that was stopped at a bound is as good as the true one: nothing lives that long.
extension FixedWidthInteger {
    /// The sum, or the bound that it would pass.
    @inlinable
    public func addingWithSaturation(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the bound that it would pass.
    @inlinable
    public func subtractingWithSaturation(_ other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard overflow else { return difference }
        return Self.isSigned && other < 0 ? .max : .min
    }

    /// The product, or the bound that it would pass.
    @inlinable
    public func multipliedWithSaturation(by other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// Adds up to the bound of the type.
    @inlinable
    public mutating func addWithSaturation(_ other: Self) { self = addingWithSaturation(other) }
}

extension Sequence {
    /// The sum of a number of each element, or the bound that it would pass.
    @inlinable
    public func total<Number: FixedWidthInteger>(_ number: (Element) -> Number) -> Number {
        reduce(0) { $0.addingWithSaturation(number($1)) }
    }
}
