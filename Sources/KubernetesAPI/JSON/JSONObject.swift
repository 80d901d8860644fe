/// The members of a JSON object, ordered by name, each name once.
///
/// One block of memory however many members there are: the objects of Kubernetes have a handful each, for which comparing
/// names costs less than hashing them, and a controller holds tens of thousands of them. The order makes the canonical text
/// of ``JSONValue/serialized`` a plain walk.
public struct JSONObject: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        var key: String
        var value: JSONValue
    }

    /// Strictly ascending by key.
    private var members: [Member]

    public init() { members = [] }

    /// Of repeated names the last one counts, as in Go's decoder.
    init(_ members: [Member]) {
        self.members = members
        var isAscending = true
        for index in members.indices.dropFirst() where !(members[index - 1].key < members[index].key) {
            isAscending = false
            break
        }
        guard !isAscending else { return }
        // Sorting is stable, so of equal names the last written comes last.
        self.members.sort { $0.key < $1.key }
        var kept = 0
        for index in self.members.indices {
            if kept > 0, self.members[kept - 1].key == self.members[index].key { kept -= 1 }
            if kept != index { self.members.swapAt(kept, index) }
            kept += 1
        }
        self.members.removeLast(self.members.count - kept)
    }

    public init(_ pairs: some Sequence<(String, JSONValue)>) { self.init(pairs.map { Member(key: $0.0, value: $0.1) }) }

    public init(_ members: [String: JSONValue]) { self.init(members.map { Member(key: $0.key, value: $0.value) }) }

    /// Setting `nil` removes the member.
    public subscript(_ key: String) -> JSONValue? {
        get {
            let (index, isThere) = place(of: key)
            guard isThere else { return Optional.none }
            return members[index].value
        }
        set {
            let (index, isThere) = place(of: key)
            switch (newValue, isThere) {
            case (let value?, true): members[index].value = value
            case (let value?, false): members.insert(Member(key: key, value: value), at: index)
            case (nil, true): members.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// Where a name is or would have to be.
    private func place(of key: String) -> (index: Int, isThere: Bool) {
        // In short objects most names differ in their first bytes, and equality is told faster than order.
        if members.count <= 8, let index = members.firstIndex(where: { $0.key == key }) { return (index, true) }
        var (low, high) = (0, members.count)
        while low < high {
            let middle = low + (high - low) / 2
            if members[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return (low, low < members.count && members[low].key == key)
    }
}

extension JSONObject: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { members.count }

    public subscript(_ position: Int) -> (key: String, value: JSONValue) {
        (members[position].key, members[position].value)
    }

    public var keys: [String] { members.map(\.key) }
    public var values: [JSONValue] { members.map(\.value) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject {
    public func mapValues(_ transform: (JSONValue) throws -> JSONValue) rethrows -> JSONObject {
        var copy = self
        for index in members.indices { copy.members[index].value = try transform(members[index].value) }
        return copy
    }

    /// What the members can be read as; those that cannot are left out.
    public func compactMapValues<Value>(_ transform: (JSONValue) throws -> Value?) rethrows -> [String: Value] {
        var result: [String: Value] = [:]
        for member in members { result[member.key] = try transform(member.value) }
        return result
    }

    public func filter(_ isIncluded: ((key: String, value: JSONValue)) throws -> Bool) rethrows -> JSONObject {
        var copy = self
        copy.members = try members.filter { try isIncluded(($0.key, $0.value)) }
        return copy
    }

    /// Takes time proportional to the number of members of both, whatever their names.
    public func merging(
        _ other: JSONObject, uniquingKeysWith combine: (JSONValue, JSONValue) throws -> JSONValue
    ) rethrows -> JSONObject {
        var merged: [Member] = []
        merged.reserveCapacity(count + other.count)
        var (left, right) = (members[...], other.members[...])
        while let mine = left.first, let theirs = right.first {
            if mine.key == theirs.key {
                merged.append(Member(key: mine.key, value: try combine(mine.value, theirs.value)))
                left.removeFirst()
                right.removeFirst()
            } else if mine.key < theirs.key {
                merged.append(mine)
                left.removeFirst()
            } else {
                merged.append(theirs)
                right.removeFirst()
            }
        }
        return JSONObject(merged + left + right)
    }

    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        defer { self[key] = nil }
        return self[key]
    }
}

extension [String: JSONValue] {
    public init(_ object: JSONObject) { self.init(object.map { ($0.key, $0.value) }) { _, last in last } }
}
