/// The values that were set last, at most ``capacity`` of them: to make room, the one that was set longest ago goes.
///
/// Every operation costs O(1), also when it is full: nothing is ever swept.
package struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Node: Sendable {
        /// `nil` while the place is free.
        var content: (key: Key, value: Value)?
        var newer: Int?
        var older: Int?
    }

    package let capacity: Int
    /// Entries that were looked at to make room, since the beginning.
    package private(set) var visited = 0
    private var nodes: [Node] = []
    private var places: [Key: Int] = [:]
    private var free: [Int] = []
    private var newest: Int?
    private var oldest: Int?

    /// - Parameter capacity: At least 1.
    package init(capacity: Int) { self.capacity = max(1, capacity) }

    package var count: Int { places.count }

    /// Setting a value makes it the newest; reading does not.
    package subscript(_ key: Key) -> Value? {
        get { places[key].flatMap { nodes[$0].content?.value } }
        set {
            if let place = places[key] {
                unlink(place)
                if let newValue {
                    nodes[place].content = (key, newValue)
                    link(place)
                } else {
                    release(place)
                }
            } else if let newValue {
                insert(key, newValue)
            }
        }
    }

    private mutating func insert(_ key: Key, _ value: Value) {
        if places.count >= capacity, let oldest {
            visited += 1
            unlink(oldest)
            release(oldest)
        }
        let place: Int
        if let free = free.popLast() {
            place = free
            nodes[place].content = (key, value)
        } else {
            place = nodes.count
            nodes.append(Node(content: (key, value)))
        }
        places[key] = place
        link(place)
    }

    private mutating func release(_ place: Int) {
        if let key = nodes[place].content?.key { places[key] = nil }
        nodes[place].content = nil
        free.append(place)
    }

    private mutating func link(_ place: Int) {
        nodes[place].older = newest
        nodes[place].newer = nil
        if let newest { nodes[newest].newer = place }
        newest = place
        oldest = oldest ?? place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (nodes[place].newer, nodes[place].older)
        if let newer { nodes[newer].older = older } else { newest = older }
        if let older { nodes[older].newer = newer } else { oldest = newer }
        nodes[place].newer = nil
        nodes[place].older = nil
    }
}
