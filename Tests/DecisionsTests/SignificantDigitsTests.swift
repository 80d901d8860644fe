import Decisions
import Testing

@Suite struct SignificantDigitsTests {
    static let rows: [(Double, String)] = [
        (0.8944444444444445, "0.8944"), (0.9, "0.9"), (1, "1"), (0, "0"), (-0.123456, "-0.1235"), (12.3456, "12.35"),
        (1234.5, "1235"), (98765.4, "98770"), (0.99996, "1"), (3.0e-4, "0.0003"), (.nan, "nan"), (.infinity, "inf"),
        (1.0e-30, "1e-30"),
    ]

    @Test(arguments: rows) func `four digits are shown`(value: Double, text: String) {
        #expect(SignificantDigits.text(value) == text)
    }
}
