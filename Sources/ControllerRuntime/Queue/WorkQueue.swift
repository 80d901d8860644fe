internal import HeapModule

/// Keys waiting to be reconciled: each at most once, never two workers on the same key.
///
/// A plain value with the time passed in, so that every ordering can be tested without a clock; ``KeyQueue`` does the
/// waiting. The states are those of client-go's work queue: a key that is added while it is being worked on is handed
/// out again after ``done(_:)``. Adding and taking cost O(log n).
///
/// Keys that only have something to tidy up wait in a lane of their own until the others are through, but not for ever:
/// whoever waits there for longer than ``patience`` gets every second turn.
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
        var isTidying = false

        static func == (left: Self, right: Self) -> Bool { left.sequence == right.sequence }
        static func < (left: Self, right: Self) -> Bool {
            (left.moment, left.sequence) < (right.moment, right.sequence)
        }
    }

    /// For how long no other key was handed out before one is that only tidies up.
    public static var quiet: Duration { .milliseconds(100) }
    /// After this a key that only tidies up takes turns with the others.
    public static var patience: Duration { .seconds(3) }
    /// Failures in a row after which events cut the wait before the next try no shorter than ``rest``.
    private static var failuresBeforeRest: Int { 3 }
    private static var rest: Duration { .seconds(1) }

    private var heap = Heap<Entry>()
    private var tidying = Heap<Entry>()
    /// The entry that counts for each waiting key; older ones stay in the heap until they surface.
    private var due: [Key: Entry] = [:]
    /// Keys that workers have, and since when.
    private var working: [Key: Moment] = [:]
    /// Keys asked for while being worked on, and when.
    private var again: [Key: Moment] = [:]
    private var failures: [Key: Int] = [:]
    /// Keys that failed again and again are not handed out before this, whatever is asked: a status that a failure
    /// changes is an event, too.
    private var rests: [Key: Moment] = [:]
    private var sequence: UInt64 = 0
    /// When a key was handed out last that does more than tidying up.
    private var lastUrgent: Moment?
    /// Set after a key that only tidies up was handed out though others were due.
    private var isUrgentNext = false
    private let backoff: Backoff

    public init(backoff: Backoff = Backoff()) { self.backoff = backoff }

    /// Keys that wait, whether due or not.
    public var count: Int { due.count }

    /// Entries in memory, those that count no more among them.
    package var entries: Int { heap.count + tidying.count }

    /// Asks for `key` at `moment`; an earlier request for the same key wins, and one that tidies up.
    ///
    /// - Returns: Whether nobody had asked for the key yet.
    @discardableResult
    public mutating func add(_ key: Key, at moment: Moment) -> Bool {
        if working[key] != nil {
            defer { again[key] = min(again[key] ?? moment, moment) }
            return again[key] == nil
        }
        let moment = rests[key].map { max($0, moment) } ?? moment
        let isNew = due[key] == nil
        // Nothing about a key that tidies up is urgent.
        if let waiting = due[key], waiting.isTidying || waiting.moment <= moment { return false }
        let entry = entry(key, at: moment)
        due[key] = entry
        heap.insert(entry)
        dropMostlySuperseded()
        return isNew
    }

    /// Hands out a key that is due and that nobody works on, or `nil`.
    public mutating func take(at now: Moment) -> Item? {
        dropSuperseded()
        let urgent = heap.min.flatMap { $0.moment <= now ? $0 : nil }
        let tidy = tidying.min.flatMap { isTidyingDue($0, at: now, isAnyUrgent: urgent != nil) ? $0 : nil }
        guard let first = tidy ?? urgent else { return nil }
        if first.isTidying {
            tidying.removeMin()
            isUrgentNext = urgent != nil
        } else {
            heap.removeMin()
            lastUrgent = now
            isUrgentNext = false
        }
        due[first.key] = nil
        working[first.key] = now
        return Item(key: first.key, waited: first.moment.duration(to: now))
    }

    private func isTidyingDue(_ entry: Entry, at now: Moment, isAnyUrgent: Bool) -> Bool {
        isAnyUrgent ? entry.moment + Self.patience <= now && !isUrgentNext : tidyingMoment(entry) <= now
    }

    /// When a key that only tidies up is handed out if nothing else becomes due.
    private func tidyingMoment(_ entry: Entry) -> Moment {
        guard let lastUrgent else { return entry.moment }
        return max(entry.moment, min(lastUrgent + Self.quiet, entry.moment + Self.patience))
    }

    /// Ends the work on a key; if it was asked for meanwhile it waits again.
    public mutating func done(_ key: Key) {
        working[key] = nil
        if let moment = again.removeValue(forKey: key) { add(key, at: moment) }
    }

    /// Ends the work on a key that only has something left to tidy up, whatever was asked for meanwhile.
    public mutating func postpone(_ key: Key, at now: Moment) {
        working[key] = nil
        again[key] = nil
        var entry = entry(key, at: now)
        entry.isTidying = true
        due[key] = entry
        tidying.insert(entry)
    }

    /// Asks for `key` after a delay that doubles with each failure in a row.
    public mutating func addAfterFailure(_ key: Key, at now: Moment, using random: inout some RandomNumberGenerator) {
        let count = (failures[key] ?? 0) + 1
        failures[key] = count
        let delay = backoff.delay(afterFailures: count, using: &random)
        if count >= Self.failuresBeforeRest { rests[key] = now + min(delay, Self.rest) }
        add(key, at: now + delay)
    }

    /// Ends a row of failures.
    public mutating func forget(_ key: Key) {
        failures[key] = nil
        rests[key] = nil
    }

    /// When to look again; `nil` while there is nothing to wait for.
    public mutating func nextMoment() -> Moment? {
        dropSuperseded()
        let moments = [heap.min?.moment, tidying.min.map(tidyingMoment)]
        return moments.compactMap { $0 }.min()
    }

    /// Whether a key waits for a worker that has more to do than to tidy up.
    public mutating func isAnyDue(at now: Moment) -> Bool {
        dropSuperseded()
        return heap.min.map { $0.moment <= now } ?? false
    }

    /// Whether such a key waits, or was handed out a moment ago.
    public mutating func isBusy(at now: Moment) -> Bool {
        isAnyDue(at: now) || lastUrgent.map { $0 + Self.quiet > now } ?? false
    }

    /// Whether keys are being worked on besides one.
    public var isShared: Bool { working.count > 1 }

    /// What lies here and what is being worked on, for metrics; costs O(n).
    public func load(at now: Moment) -> QueueLoad {
        let ready = due.values.count { $0.moment <= now }
        let running = working.values.map { $0.duration(to: now) }
        return QueueLoad(
            ready: ready, delayed: due.count - ready, unfinished: running.reduce(.zero, +),
            longest: running.max() ?? .zero)
    }

    private mutating func entry(_ key: Key, at moment: Moment) -> Entry {
        sequence += 1
        return Entry(moment: moment, sequence: sequence, key: key)
    }

    private mutating func dropSuperseded() {
        while let first = heap.min, due[first.key]?.sequence != first.sequence { heap.removeMin() }
        while let first = tidying.min, due[first.key]?.sequence != first.sequence { tidying.removeMin() }
    }

    /// Entries of a far moment, such as that of a deadline, would pile up: an earlier request leaves each behind.
    ///
    /// Costs O(1) for each that is dropped.
    private mutating func dropMostlySuperseded() {
        guard heap.count > 2 * due.count + 64 else { return }
        heap = Heap(due.values.lazy.filter { !$0.isTidying })
    }
}
