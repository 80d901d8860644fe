import Glibc

/// An open file that is closed with its scope.
struct FileDescriptor: ~Copyable {
    let number: Int32

    /// `nil` when the file cannot be opened; `errno` says why.
    init?(opening path: String, _ flags: Int32, mode: mode_t = 0o644) {
        number = open(path, flags | O_CLOEXEC, mode)
        if number < 0 { return nil }
    }

    deinit {
        // After a failed `open` there is nothing to close, and `errno` has to stay what it is.
        if number >= 0 { close(number) }
    }

    /// Writes all bytes; `false` with `errno` when it cannot.
    func writeAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Reads until the buffer is full or the file ends; -1 with `errno` when it cannot.
    func readFully(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = read(number, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return -1 }
            if count == 0 { break }
            filled += count
        }
        return filled
    }
}
