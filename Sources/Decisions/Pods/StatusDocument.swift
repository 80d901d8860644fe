import KubernetesAPI

extension JSONValue {
    /// A status as it is sent.
    ///
    /// Encoding fails only for whole numbers beyond 64 bits, which our types cannot hold; if it ever did, the stored
    /// status would stay as it is.
    static func status(_ status: some Encodable) -> JSONValue? { try? JSONValue(encoding: status) }

    /// The text cut to what a condition's message may hold.
    static let messageLimit = 2_048
}

extension [Condition] {
    /// Sets a condition of our kinds; the message is cut to what fits.
    mutating func set(
        _ type: String, _ status: Condition.Status, reason: String, _ message: String, generation: Int, at now: Time
    ) {
        let text = message.utf8.count <= JSONValue.messageLimit ? message : message.end(bytes: JSONValue.messageLimit)
        set(
            Condition(type: type, status: status, reason: reason, message: text, observedGeneration: generation),
            at: now)
    }
}
