/// An amount of a resource: `500m`, `16Gi`, `2`, `1e3`; exact from billionths to exa.
///
/// - SeeAlso: `k8s.io/apimachinery/pkg/api/resource`.
public struct Quantity: Hashable, Sendable {
    /// In what an amount is written, powers of 1000 or of 1024.
    ///
    /// A sum keeps the style of its first part.
    public enum Style: Hashable, Sendable {
        case decimal
        case binary
    }

    private var billionths: Int128
    public private(set) var style: Style

    public static let zero = Quantity(billionths: 0, style: .decimal)

    private init(billionths: Int128, style: Style) {
        self.billionths = billionths
        self.style = style
    }

    /// `nil` for text that is no amount, and for amounts of more than about 10^20.
    public init?(_ text: String) {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
        guard let unit = Self.unit(text[number.endIndex...]), let digits = Self.billionths(number) else { return nil }
        let (product, overflow) = digits.multipliedReportingOverflow(by: unit.numerator)
        guard !overflow else { return nil }
        // Finer than a billionth is rounded up, away from zero.
        let (quotient, rest) = product.quotientAndRemainder(dividingBy: unit.denominator)
        billionths = quotient.addingWithSaturation(rest.signum())
        style = unit.style
    }

    /// As in JSON, where plain numbers may stand too.
    public init?(_ value: JSONValue) {
        if let text = value.stringValue {
            self.init(text)
        } else if let number = value.intValue {
            self.init(String(number))
        } else {
            return nil
        }
    }

    public static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(
            billionths: left.billionths.addingWithSaturation(right.billionths),
            style: left.billionths == 0 ? right.style : left.style)
    }

    public static func * (amount: Quantity, count: Int) -> Quantity {
        Quantity(
            billionths: amount.billionths.multipliedWithSaturation(by: Int128(clamping: count)), style: amount.style)
    }

    /// How many of `unit` it takes to hold the amount, as containers read their limits; `nil` for a unit of nothing.
    public func count(of unit: Quantity) -> Int? {
        guard unit.billionths > 0 else { return nil }
        let (quotient, rest) = billionths.quotientAndRemainder(dividingBy: unit.billionths)
        return Int(exactly: quotient.addingWithSaturation(rest > 0 ? 1 : 0))
    }

    private typealias Unit = (numerator: Int128, denominator: Int128, style: Style)

    private static func unit(_ suffix: Substring) -> Unit? {
        // Cannot overflow: the largest power is 1024⁶, and exponents are at most 20.
        if let power = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].firstIndex(of: suffix) {
            return (1 << (10 * Int128(power + 1)), 1, .binary)
        }
        if let exponent = decimalExponents[String(suffix)] { return scale(exponent) }
        guard suffix.first == "e" || suffix.first == "E", let exponent = Int(suffix.dropFirst()),
            (-20...20).contains(exponent)
        else { return nil }
        return scale(exponent)
    }

    private static let decimalExponents = [
        "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
    ]

    private static func scale(_ exponent: Int) -> Unit {
        // Cannot overflow: exponents are -20…20, and Int128 holds 10³⁸.
        let power = (0..<abs(exponent)).reduce(Int128(1)) { power, _ in power * 10 }
        return exponent < 0 ? (1, power, .decimal) : (power, 1, .decimal)
    }

    /// A number such as `-1.5` in billionths.
    private static func billionths(_ text: Substring) -> Int128? {
        // Cannot overflow: at most 24 digits and nine more, and Int128 holds 38.
        let isNegative = text.hasPrefix("-")
        let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, digits.contains(where: \.isNumber), !digits.contains("-"), !digits.contains("+"),
            digits.count <= 24
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        let kept = fraction.prefix(9)
        let padded = "\(parts[0])\(kept)" + String(repeating: "0", count: 9 - kept.count)
        guard let value = Int128(padded) else { return nil }
        let rounded = value + (fraction.dropFirst(9).contains { $0 != "0" } ? 1 : 0)
        return isNegative ? -rounded : rounded
    }
}

extension Quantity: CustomStringConvertible {
    /// The canonical text: without a fraction, in the largest unit that allows it.
    public var description: String {
        let (whole, rest) = billionths.quotientAndRemainder(dividingBy: Self.one)
        if style == .binary, rest == 0, whole.magnitude >= 1024 {
            return Self.text(whole, ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], step: 1024)
        }
        return Self.text(billionths, ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"], step: 1000)
    }

    private static let one: Int128 = 1_000_000_000

    private static func text(_ amount: Int128, _ units: [String], step: Int128) -> String {
        // Cannot overflow: it divides by 1000 or 1024 and counts units.
        guard amount != 0 else { return "0" }
        var (rest, power) = (amount, 0)
        while power + 1 < units.count, rest % step == 0 {
            rest /= step
            power += 1
        }
        return "\(rest)\(units[power])"
    }
}
