public import KubernetesAPI

/// A hash that is the same in every process and release, for names and for noticing change; not for security.
///
/// FNV-1a with 64 bits, which spreads short texts well and is ten lines.
///
/// - SeeAlso: Fowler, Noll, Vo: "The FNV Non-Cryptographic Hash Algorithm" (IETF draft-eastlake-fnv).
public struct StableHash: Hashable, Sendable {
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    public init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(truncatingIfNeeded: byte)) &* 0x100_0000_01b3 }
    }

    public init(_ text: String) { self.init(text.utf8) }

    /// Equal documents hash equally, whatever the order of their members.
    public init(_ document: JSONValue) { self.init(document.serialized) }

    /// Sixteen hexadecimal digits.
    public var hexadecimal: String {
        let digits = String(value, radix: 16)
        return "\(String(repeating: "0", count: max(0, 16 - digits.count)))\(digits)"
    }
}
