import CZlib

/// Compresses a whole file in memory.
enum Gzip {
    struct OutOfMemory: Error, CustomStringConvertible {
        var description: String { "zlib has no memory to compress with" }
    }

    /// - Parameter bytes: At most 4 GiB, zlib's limit for one call.
    static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        var stream = z_stream()
        // 15 bits of window; 16 more ask for the gzip format.
        let size = Int32(MemoryLayout<z_stream>.size)
        guard
            deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else { throw OutOfMemory() }
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw OutOfMemory() }
        return Array(output.prefix(Int(stream.total_out)))
    }
}
