import TestMutation

/// Objects of every kind, mutated as the fuzzer's bytes say, are read, judged and decided about.
///
/// The bytes are the random numbers of a ``MutationCase``, so that every input is a structured object, and what the fuzzer
/// learns of the code leads it to other mutations.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.popLast() else { return 0 }
    let kind = World.Kind.allCases[Int(first) % World.Kind.allCases.count]
    let mutation = MutationCase(kind, seed: 0, using: ByteNumbers(bytes))
    do { _ = try MutatedLife.live(mutation) } catch { preconditionFailure("\(error)\n\(mutation)") }
    return 0
}

/// Random numbers from bytes; when they are used up, the same few again and again.
private struct ByteNumbers: RandomNumberGenerator {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes.isEmpty ? [0] : bytes }

    /// Two bytes make a number, spread over all bits: choices are small, and a byte that changes shall change one.
    mutating func next() -> UInt64 {
        var number: UInt64 = 0
        for _ in 0..<2 {
            number = number << 8 | UInt64(bytes[position % bytes.count])
            position += 1
        }
        // Never the same for ever: some draw until a number fits.
        return number &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(position) &* 0xBF58_476D_1CE4_E5B9
    }
}
