import AerieAPI
import Crypto
import Glibc

/// SHA-256 of files and of lists of files.
enum ContentDigest {
    /// The size and digest of a file; `nil` when there is no such file.
    static func file(_ name: String, in folder: Folder) throws(TrainingError) -> FileDigest? {
        guard let file = FileDescriptor(opening: folder[name], O_RDONLY) else {
            if errno == ENOENT { return nil }
            throw TrainingError.storage("read", folder[name])
        }
        var hash = SHA256()
        var size = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { file.readFully(into: $0) }
            guard count >= 0 else { throw TrainingError.storage("read", folder[name]) }
            buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            size += count
            if count < buffer.count { break }
        }
        return FileDigest(name: name, size: size, sha256: hexadecimal(hash.finalize()))
    }

    /// The digest of several files together: `sha256:` and 64 hexadecimal digits.
    static func list(_ files: [FileDigest]) -> String { "sha256:" + of(Array(FileDigest.list(files).utf8)) }

    /// 64 hexadecimal digits.
    static func of(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
