import Glibc

/// The first record of a TFRecord file that is not what was written.
///
/// A record is its length (8 bytes), the length's checksum (4), the data, and the data's checksum (4).
struct TFRecordDamage: Hashable, CustomStringConvertible {
    /// Counted from 0.
    var record: Int
    /// Where the record begins in the file, in bytes.
    var offset: Int
    var problem: String

    var description: String { "record \(record) at byte \(offset): \(problem)" }

    /// Reads a file from its beginning to the first damage; `nil` when every checksum is right.
    static func find(in path: String) throws(TrainingError) -> TFRecordDamage? {
        guard let file = FileDescriptor(opening: path, O_RDONLY) else { throw TrainingError.storage("read", path) }
        var header = [UInt8](repeating: 0, count: 12)
        var body: [UInt8] = []
        var damage = TFRecordDamage(record: 0, offset: 0, problem: "")
        while true {
            let count = header.withUnsafeMutableBytes { file.readFully(into: $0) }
            guard count >= 0 else { throw TrainingError.storage("read", path) }
            if count == 0 { return nil }
            guard count == header.count else { return damage.with("the file ends within the record") }
            let (length, sum) = header.withUnsafeBytes {
                (
                    UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
                    UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
                )
            }
            let found = header.withUnsafeBytes { CRC32C.masked(UnsafeRawBufferPointer(rebasing: $0[..<8])) }
            guard found == sum else { return damage.with("the checksum of its length does not fit") }
            guard length < 1 << 31 else { return damage.with("it is longer than 2 GiB") }
            body = [UInt8](repeating: 0, count: Int(length) + 4)
            let read = body.withUnsafeMutableBytes { file.readFully(into: $0) }
            guard read >= 0 else { throw TrainingError.storage("read", path) }
            guard read == body.count else { return damage.with("the file ends within the record") }
            let intact = body.withUnsafeBytes { bytes in
                let data = UnsafeRawBufferPointer(rebasing: bytes[..<Int(length)])
                let stored = bytes.loadUnaligned(fromByteOffset: Int(length), as: UInt32.self)
                return CRC32C.masked(data) == UInt32(littleEndian: stored)
            }
            guard intact else { return damage.with("the checksum of its data does not fit") }
            damage.record += 1
            damage.offset += header.count + body.count
        }
    }

    private func with(_ problem: String) -> TFRecordDamage {
        var copy = self
        copy.problem = problem
        return copy
    }
}
