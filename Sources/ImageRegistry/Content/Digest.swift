/// The SHA-256 of some bytes, written `sha256:` and 64 lowercase hexadecimal digits.
///
/// Other algorithms of the OCI specification (`sha512`) are refused: no registry in use depends on them.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 64 digits, without the name of the algorithm.
    public let hexadecimal: String

    /// - Throws: ``ImageError/Code/unsupported`` for another algorithm, ``ImageError/Code/invalidContent`` for
    ///   anything that is no digest.
    public init(_ text: some StringProtocol) throws(ImageError) {
        let prefix = "sha256:"
        guard text.hasPrefix(prefix) else {
            guard text.hasPrefix("sha512:") else {
                throw ImageError(.invalidContent, "'\(text)' is not a digest such as sha256:<64 hexadecimal digits>")
            }
            throw ImageError(.unsupported, "the digest '\(text)' is not a SHA-256, the only supported algorithm")
        }
        let digits = text.utf8.dropFirst(prefix.utf8.count)
        let isHexadecimal = digits.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        guard digits.count == 64, isHexadecimal else {
            throw ImageError(.invalidContent, "'\(text)' does not have 64 lowercase hexadecimal digits")
        }
        hexadecimal = String(decoding: digits, as: UTF8.self)
    }

    /// The digest of bytes in memory.
    public init(of bytes: some Collection<UInt8>) {
        var hasher = DigestHasher()
        hasher.update(Array(bytes))
        self = hasher.finalize()
    }

    init(hexadecimal: String) { self.hexadecimal = hexadecimal }

    public var description: String { "sha256:\(hexadecimal)" }

    public static func < (left: Digest, right: Digest) -> Bool { left.hexadecimal < right.hexadecimal }
}

extension Digest: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(ImageError) {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
