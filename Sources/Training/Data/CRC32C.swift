/// The checksum of TFRecord files: CRC-32C (Castagnoli), reflected, polynomial 0x82F63B78.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
    }

    /// The checksum in the masked form that TFRecord files store.
    static func masked(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let sum = table.withUnsafeBufferPointer { table in
            ~bytes.reduce(~UInt32(0)) { sum, byte in table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8) }
        }
        return ((sum >> 15) | (sum << 17)) &+ 0xA282_EAD8
    }
}
