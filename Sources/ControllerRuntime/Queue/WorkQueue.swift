internal import HeapModule

/// Keys waiting to be reconciled: each at most once, never two workers on the same key.
///
/// A plain value with the time passed in, so that every ordering can be tested without a clock; ``KeyQueue`` does the
/// waiting. The states are those of client-go's work queue: a key that is added while it is being worked on is handed
/// out again after ``done(_:)``. Adding and taking cost O(log n).
public struct WorkQueue<Key: Hashable & Sendable>: Sendable {
    public typealias Moment = ContinuousClock.Instant

    /// A key that is handed to a worker, and how long it lay ready.
    public struct Item: Sendable {
        public var key: Key
        public var waited: Duration
    }

    private struct Entry: Comparable, Sendable {
        var moment: Moment
        /// Keys of the same moment are handed out in the order in which they were added.
        var sequence: UInt64
        var key: Key

        static func == (left: Self, right: Self) -> Bool { left.sequence == right.sequence }
        static func < (left: Self, right: Self) -> Bool {
            (left.moment, left.sequence) < (right.moment, right.sequence)
        }
    }

    private var heap = Heap<Entry>()
    /// The entry that counts for each waiting key; older ones stay in the heap until they surface.
    private var due: [Key: Entry] = [:]
    /// Keys that workers have, and since when.
    private var working: [Key: Moment] = [:]
    /// Keys asked for while being worked on, and when.
    private var again: [Key: Moment] = [:]
    private var failures: [Key: Int] = [:]
    private var sequence: UInt64 = 0
    private let backoff: Backoff

    public init(backoff: Backoff = Backoff()) { self.backoff = backoff }

    /// Keys that wait, whether due or not.
    public var count: Int { due.count }

    /// Asks for `key` at `moment`; an earlier request for the same key wins.
    ///
    /// - Returns: Whether nobody had asked for the key yet.
    @discardableResult
    public mutating func add(_ key: Key, at moment: Moment) -> Bool {
        if working[key] != nil {
            defer { again[key] = min(again[key] ?? moment, moment) }
            return again[key] == nil
        }
        let isNew = due[key] == nil
        if let waiting = due[key], waiting.moment <= moment { return false }
        sequence += 1
        let entry = Entry(moment: moment, sequence: sequence, key: key)
        due[key] = entry
        heap.insert(entry)
        return isNew
    }

    /// Hands out a key that is due and that nobody works on, or `nil`.
    public mutating func take(at now: Moment) -> Item? {
        dropSuperseded()
        guard let first = heap.min, first.moment <= now else { return nil }
        heap.removeMin()
        due[first.key] = nil
        working[first.key] = now
        return Item(key: first.key, waited: first.moment.duration(to: now))
    }

    /// Ends the work on a key; if it was asked for meanwhile it waits again.
    public mutating func done(_ key: Key) {
        working[key] = nil
        if let moment = again.removeValue(forKey: key) { add(key, at: moment) }
    }

    /// Asks for `key` after a delay that doubles with each failure in a row.
    public mutating func addAfterFailure(_ key: Key, at now: Moment, using random: inout some RandomNumberGenerator) {
        failures[key, default: 0] += 1
        add(key, at: now + backoff.delay(afterFailures: failures[key] ?? 1, using: &random))
    }

    /// Ends a row of failures.
    public mutating func forget(_ key: Key) { failures[key] = nil }

    /// When to look again; `nil` while there is nothing to wait for.
    public mutating func nextMoment() -> Moment? {
        dropSuperseded()
        return heap.min?.moment
    }

    /// What lies here and what is being worked on, for metrics; costs O(n).
    public func load(at now: Moment) -> QueueLoad {
        let ready = due.values.count { $0.moment <= now }
        let running = working.values.map { $0.duration(to: now) }
        return QueueLoad(
            ready: ready, delayed: due.count - ready, unfinished: running.reduce(.zero, +),
            longest: running.max() ?? .zero)
    }

    private mutating func dropSuperseded() {
        while let first = heap.min, due[first.key]?.sequence != first.sequence { heap.removeMin() }
    }
}
