/// Every value of a document has a place: its number in the order of writing, the whole document's being 0.
extension Document {
    /// How many values there are, the document itself among them.
    public var placeCount: Int {
        switch self {
        case .token, .text: 1
        case .list(let elements): elements.reduce(1) { $0 + $1.placeCount }
        case .members(let members): members.reduce(1) { $0 + $1.value.placeCount }
        }
    }

    /// The value at a place; the document itself where there is no such place.
    public func value(at place: Int) -> Document {
        var found = self
        var copy = self
        copy.change(at: place) { found = $0 }
        return found
    }

    /// Changes the value at a place, if there is one.
    public mutating func change(at place: Int, _ change: (inout Document) -> Void) {
        var left = place
        _ = visit(&left, change)
    }

    /// - Returns: whether the place was found.
    private mutating func visit(_ left: inout Int, _ change: (inout Document) -> Void) -> Bool {
        if left == 0 {
            change(&self)
            return true
        }
        left -= 1
        switch self {
        case .token, .text: return false
        case .list(var elements):
            for index in elements.indices where elements[index].visit(&left, change) {
                self = .list(elements)
                return true
            }
        case .members(var members):
            for index in members.indices where members[index].value.visit(&left, change) {
                self = .members(members)
                return true
            }
        }
        return false
    }
}
