import KubernetesAPI
import Testing

@Suite struct SaturatingArithmeticTests {
    private static let numbers: [Int64] = [.min, .min + 1, -3, -1, 0, 1, 2, .max - 1, .max]
    private static let pairs = numbers.flatMap { left in numbers.map { (left, $0) } }

    private static func bounded(_ value: Int128) -> Int64 { Int64(clamping: value) }

    @Test(arguments: pairs) func `the result is the true one, or the bound that it would pass`(
        left: Int64, right: Int64
    ) {
        let (wideLeft, wideRight) = (Int128(left), Int128(right))
        #expect(left.addingWithSaturation(right) == Self.bounded(wideLeft + wideRight))
        #expect(left.subtractingWithSaturation(right) == Self.bounded(wideLeft - wideRight))
        #expect(left.multipliedWithSaturation(by: right) == Self.bounded(wideLeft * wideRight))
        var sum = left
        sum.addWithSaturation(right)
        #expect(sum == Self.bounded(wideLeft + wideRight))
    }

    @Test func `numbers without a sign stop at 0`() {
        #expect(UInt64(1).subtractingWithSaturation(2) == 0)
        #expect(UInt64.max.addingWithSaturation(1) == .max)
        #expect(UInt64.max.multipliedWithSaturation(by: 2) == .max)
    }

    @Test func `a total stops at the bound`() {
        #expect([Int.max, 1, 5].total { $0 } == .max)
        #expect(["a", "bc"].total(\.count) == 3)
        #expect([Int]().total { $0 } == 0)
    }

    @Test func `moments and distances stop at the bounds`() {
        let (first, last) = (Time(seconds: .min), Time(seconds: .max))
        #expect(Time(seconds: 5).advanced(bySeconds: .max) == .latest)
        #expect(Time(seconds: -5).advanced(bySeconds: .min) == .earliest)
        #expect(last.seconds(since: first) == .max)
        #expect(first.seconds(since: last) == .min)
        #expect(!first.description.isEmpty && !last.description.isEmpty)
        #expect(!MicroTime(microseconds: .min).description.isEmpty)
    }

    @Test(arguments: [
        "1e-9223372036854775808", "1e9223372036854775807", "-999999999999999999999999", "0.0000000000001n",
    ])
    func `no text of an amount is too much`(text: String) {
        let amount = Quantity(text) ?? .zero
        let most = amount * .max + amount * .min + amount * .max * .max
        #expect(!most.description.isEmpty)
        #expect(most.count(of: .zero) == nil)
        _ = most.count(of: amount)
    }
}
