import Glibc

/// Lines for people, apart from results on standard output.
enum StandardError {
    static func print(_ line: String) {
        var rest = Array("\(line)\n".utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more; the result does not depend on it.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
