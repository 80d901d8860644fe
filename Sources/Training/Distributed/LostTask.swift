import TensorFlow

extension TFError {
    /// Whether a task of the cluster went away, came back without what it had, or did not answer in time.
    var isLostTask: Bool {
        switch code {
        case .unavailable, .deadlineExceeded, .aborted, .cancelled, .notFound, .failedPrecondition, .unknown,
            .internal:
            true
        default: false
        }
    }

    /// The first line of the message, without the parts for developers of TensorFlow.
    var summary: String {
        let line = message.split(separator: "\n").first.map(String.init) ?? "\(code)"
        return line.count > 300 ? "\(line.prefix(300))…" : line
    }
}
