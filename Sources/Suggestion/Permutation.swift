import KubernetesAPI

/// A shuffled order of the numbers below `count`, one number at a time and without a list.
///
/// Drawing without repetition from a space of any size then needs no memory of what was drawn. A Feistel network of
/// four rounds permutes the numbers of the next even count of bits; a result that is too large goes in again until one
/// fits, which takes fewer than four turns on average.
///
/// - SeeAlso: Black, Rogaway: "Ciphers with Arbitrary Finite Domains", CT-RSA 2002.
public struct Permutation: Sendable {
    public let count: UInt64
    private let random: CounterRandom
    private let halfBits: UInt64

    /// Orders the numbers below `count`, which is at most 2⁶².
    public init(count: UInt64, random: CounterRandom) {
        self.count = count
        self.random = random
        // Cannot overflow: a number of 64 bits has at most 64 leading zeros.
        let bits = UInt64(64 - max(1, max(1, count) - 1).leadingZeroBitCount)
        halfBits = max(1, bits.addingWithSaturation(1) / 2)
    }

    /// What stands at `position` of the shuffled order; beyond its end, the position itself.
    public subscript(_ position: UInt64) -> UInt64 {
        guard position < count else { return position }
        var number = position
        repeat { number = round(number) } while number >= count
        return number
    }

    private func round(_ number: UInt64) -> UInt64 {
        // Cannot overflow: half of at most 64 bits is shifted.
        let mask = (UInt64(1) << halfBits) - 1
        var (left, right) = (number >> halfBits, number & mask)
        for turn in 0..<UInt64(4) {
            (left, right) = (right, left ^ (random.stream(turn).bits(right) & mask))
        }
        return left << halfBits | right
    }
}
