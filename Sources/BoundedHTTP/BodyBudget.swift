/// How many bytes of request bodies, and of what is read from them, may be in memory at the same time, in one request and
/// in all of them.
package struct BodyBudget: Hashable, Sendable {
    package let perRequest: Int
    package let total: Int
    package private(set) var used = 0

    package init(perRequest: Int, total: Int) {
        self.perRequest = perRequest
        self.total = max(total, perRequest)
    }

    package enum Answer: Hashable, Sendable {
        case granted
        /// The request is too large, whatever else is going on.
        case tooLarge
        /// Other requests hold the memory.
        case exhausted
    }

    /// Asks for `count` more bytes for a request that holds `held` already.
    package mutating func take(_ count: Int, holding held: Int) -> Answer {
        guard count <= perRequest - held else { return .tooLarge }
        return takeBesides(count)
    }

    /// Asks for bytes that a request needs besides its body.
    package mutating func takeBesides(_ count: Int) -> Answer {
        guard count <= total else { return .tooLarge }
        guard count <= total - used else { return .exhausted }
        used += count
        return .granted
    }

    package mutating func giveBack(_ count: Int) { used -= count }
}
