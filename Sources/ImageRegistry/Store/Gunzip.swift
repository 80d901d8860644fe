import CZlib

/// Decompresses gzip as it arrives, also several members in a row, as parallel compressors write them.
///
/// A class because zlib's state must stay where it is in memory. For one task at a time.
final class Gunzip {
    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    /// Whether the last byte taken ended a member.
    private var isAtEnd = false

    init() throws(ImageError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        buffer = .allocate(capacity: 1 << 18)
        // 15 bits of window; 16 more say that the format is gzip.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw ImageError(.fileSystem, "zlib has no memory") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        buffer.deallocate()
    }

    /// Takes the next compressed bytes and hands on what they mean.
    ///
    /// - Throws: ``ImageError/Code/invalidContent`` for bytes that are not gzip, or what `handle` throws.
    func consume(_ bytes: [UInt8], _ handle: (ArraySlice<UInt8>) throws(ImageError) -> Void) throws(ImageError) {
        var taken = 0
        while taken < bytes.count {
            if isAtEnd {
                inflateReset(stream)
                isAtEnd = false
            }
            let (status, consumed, produced) = inflate(bytes[taken...])
            taken += consumed
            try handle(ArraySlice(buffer[..<produced]))
            switch status {
            case Z_OK: continue
            case Z_STREAM_END: isAtEnd = true
            // All input was taken and nothing is left to put out.
            case Z_BUF_ERROR where consumed > 0 || taken == bytes.count: continue
            default:
                let reason = stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)"
                throw ImageError(.invalidContent, "the gzip data is damaged: \(reason)")
            }
        }
    }

    /// - Throws: ``ImageError/Code/invalidContent`` when the data breaks off.
    func finish() throws(ImageError) {
        guard isAtEnd else { throw ImageError(.invalidContent, "the gzip data breaks off") }
    }

    private func inflate(_ bytes: ArraySlice<UInt8>) -> (status: Int32, consumed: Int, produced: Int) {
        bytes.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(buffer.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            return (status, input.count - Int(stream.pointee.avail_in), buffer.count - Int(stream.pointee.avail_out))
        }
    }
}
