/// Numbers as tables show them: `kubectl get` prints a number with all the digits that it has.
package enum SignificantDigits {
    /// The value with four significant digits: 0.8944, 12.3, 1235; very small and very large ones with an exponent.
    package static func text(_ value: Double) -> String {
        // Floating point: the loops end at 10²² and below 10,000.
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
        var scale = 1.0
        var shifted = value.magnitude
        // Powers of ten are exact up to 1e22, and so is what is divided by them, to the last digit shown.
        while shifted < 1_000, scale < 1e22 {
            scale *= 10
            shifted = value.magnitude * scale
        }
        guard shifted >= 1_000 else { return "\(value)" }
        var unit = 1.0
        while shifted / unit >= 10_000 { unit *= 10 }
        let rounded = (shifted / unit).rounded() * unit / scale
        let text = "\(value < 0 ? -rounded : rounded)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
