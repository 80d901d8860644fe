/// Which connections are open, and which of them has to go when there are too many.
///
/// The one that goes has brought nothing for the longest time: it waits for its first request, sends one slowly, or keeps
/// quiet after its last. A connection whose request is being answered stays.
package struct ConnectionTable: Sendable {
    private struct Entry {
        /// Counts up with everything that happens.
        var lastNews: Int
        var isAnswering = false
    }

    package let limit: Int
    private var entries: [Int: Entry] = [:]
    private var clock = 0

    package init(limit: Int) { self.limit = max(1, limit) }

    package var count: Int { entries.count }

    /// - Returns: the connection that is to be closed for this one; this one itself where all others are being answered.
    package mutating func open(_ connection: Int) -> Int? {
        clock += 1
        guard entries.count >= limit else {
            entries[connection] = Entry(lastNews: clock)
            return nil
        }
        let idle = entries.filter { !$0.value.isAnswering }.min { $0.value.lastNews < $1.value.lastNews }
        guard let idle else { return connection }
        entries[idle.key] = nil
        entries[connection] = Entry(lastNews: clock)
        return idle.key
    }

    /// A request begins to arrive.
    package mutating func hear(of connection: Int) { note(connection, isAnswering: false) }

    /// A request has arrived and is being answered.
    package mutating func answer(_ connection: Int) { note(connection, isAnswering: true) }

    /// The answer is given.
    package mutating func rest(_ connection: Int) { note(connection, isAnswering: false) }

    package mutating func close(_ connection: Int) { entries[connection] = nil }

    private mutating func note(_ connection: Int, isAnswering: Bool) {
        guard entries[connection] != nil else { return }
        clock += 1
        entries[connection] = Entry(lastNews: clock, isAnswering: isAnswering)
    }
}
