import Glibc

/// Where text for people goes; results go to the output, everything beside them to the error stream.
enum StandardStream {
    case output
    case error

    private var descriptor: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }

    /// Whether a person looks at it, so that lines may be written over.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    func print(_ line: String) { write("\(line)\n") }

    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more; the result does not depend on it.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
