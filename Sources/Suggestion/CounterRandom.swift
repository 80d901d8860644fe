/// Random numbers that are addressed instead of drawn: the same seed and counters always give the same number.
///
/// There is no state to lose, so a program that starts anew goes on with the same numbers, in whatever order it asks.
/// Each counter goes through the finalizer of SplitMix64, which spreads consecutive inputs over all 64 bits.
///
/// - SeeAlso: Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
public struct CounterRandom: Hashable, Sendable {
    private let key: UInt64

    public init(seed: Int) { key = Self.mixed(UInt64(truncatingIfNeeded: seed) &+ Self.golden) }

    private init(key: UInt64) { self.key = key }

    /// The generator for one purpose, independent of all others.
    public func stream(_ name: UInt64) -> CounterRandom {
        CounterRandom(key: Self.mixed(key ^ Self.mixed(name &* Self.golden &+ Self.streams)))
    }

    /// 64 even bits.
    public func bits(_ counter: UInt64) -> UInt64 { Self.mixed(key &+ Self.golden &* (counter &+ 1)) }

    /// A number of 0..<1 with 53 bits.
    public func unit(_ counter: UInt64) -> Double {
        // Floating point: 53 bits as a fraction.
        Double(bits(counter) >> 11) * 0x1p-53
    }

    /// A number below `count`.
    ///
    /// Unlike a remainder it favours no number by more than one in 2⁶⁴ / count.
    public func below(_ count: UInt64, _ counter: UInt64) -> UInt64 {
        bits(counter).multipliedFullWidth(by: count).high
    }

    /// 2⁶⁴ divided by the golden ratio.
    private static let golden: UInt64 = 0x9e37_79b9_7f4a_7c15
    /// The fraction of √2, so that a stream's name is not mistaken for a seed.
    private static let streams: UInt64 = 0x6a09_e667_f3bc_c909

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
