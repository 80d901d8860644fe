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

    /// What happened and where, without the parts for developers of TensorFlow.
    var summary: String {
        let lines = message.split(separator: "\n").filter { line in
            line.contains(where: \.isLetter) && !line.hasPrefix("Graph execution error")
        }
        // The first line says which task, the second what happened there.
        let text = lines.prefix(lines.first?.hasSuffix(":") == true ? 2 : 1).joined(separator: " ")
        return text.isEmpty ? "\(code)" : String(text.prefix(300))
    }
}
