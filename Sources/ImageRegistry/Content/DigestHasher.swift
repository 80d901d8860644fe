import Crypto

/// SHA-256 over bytes that arrive piece by piece.
struct DigestHasher: Sendable {
    private var hash = SHA256()
    /// Bytes seen so far.
    private(set) var count: Int64 = 0

    mutating func update(_ bytes: [UInt8]) { update(bytes[...]) }

    mutating func update(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        count += Int64(bytes.count)
    }

    func finalize() -> Digest {
        let hexadecimal = Array("0123456789abcdef".utf8)
        let digits = hash.finalize().flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 15)]] }
        return Digest(hexadecimal: String(decoding: digits, as: UTF8.self))
    }
}
