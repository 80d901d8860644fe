import KubernetesAPI

extension TrialResult {
    /// The termination message: JSON of at most `limit` bytes.
    ///
    /// What does not fit is left out, the least important first: further checkpoints from the worst on, per-class
    /// metrics, other metrics but the objective's, the end of the explanation. The best checkpoint always stays.
    public func termination(limit: Int = TrialContract.maximumMessageSize) throws -> [UInt8] {
        var result = self
        var bytes = try JSONValue(encoding: result).serialized
        // Cannot overflow: lengths of texts in memory.
        while bytes.count > limit, result.dropLeastImportant(excess: bytes.count - limit) {
            bytes = try JSONValue(encoding: result).serialized
        }
        return bytes
    }

    /// Leaves out one thing, or gives `false` when only what has to stay is left.
    private mutating func dropLeastImportant(excess: Int) -> Bool {
        let perClass = metrics.values.keys.filter { $0.split(separator: "/").count > 2 && $0 != checkpoint?.metric }
        let others = metrics.values.keys.filter { $0 != checkpoint?.metric }
        if checkpoints.count > 1 {
            checkpoints.removeLast()
        } else if !perClass.isEmpty {
            perClass.forEach { metrics[$0] = nil }
        } else if let text = message, text.utf8.count > 256 {
            // Cannot overflow: lengths of texts in memory.
            message = text.truncated(toUTF8: max(255, text.utf8.count - excess - 3)) + "…"
        } else if !checkpoints.isEmpty {
            checkpoints = []
        } else if !others.isEmpty {
            others.forEach { metrics[$0] = nil }
        } else if message != nil {
            message = nil
        } else {
            return false
        }
        return true
    }
}

extension String {
    /// The longest beginning of at most `count` bytes that does not end within a character.
    fileprivate func truncated(toUTF8 count: Int) -> String {
        var end = utf8.index(startIndex, offsetBy: count, limitedBy: endIndex) ?? endIndex
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
