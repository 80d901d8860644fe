/// Changes documents a little, by random numbers.
public struct Mutator<Generator: RandomNumberGenerator> {
    public var random: Generator

    public init(_ random: Generator) { self.random = random }

    /// The document with one to four values changed.
    public mutating func mutate(_ document: Document) -> Document {
        var changed = document
        // Most of the time little is wrong: what is wrong first hides what comes after it.
        for _ in 0..<[1, 1, 1, 2, 2, 3, 4][below(7)] { mutateOnce(&changed) }
        return changed
    }

    /// A number of `0..<count`.
    public mutating func below(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &random) }

    /// The document with a few of its numbers changed to bounds, and nothing else: such documents are readable.
    public mutating func mutateNumbers(of document: Document) -> Document {
        var changed = document
        for place in 0..<document.placeCount {
            guard case .token(let token) = document.value(at: place), Double(token) != nil, below(5) == 0 else {
                continue
            }
            let isWhole = Int(token) != nil
            let wanted = isWhole ? HostileValue.numbers.filter { Int($0) != nil } : HostileValue.numbers
            let number = wanted[below(wanted.count)]
            changed.change(at: place) { $0 = .token(number) }
        }
        return changed
    }

    private mutating func mutateOnce(_ document: inout Document) {
        // The root is left: what is no object is another test's.
        let places = document.placeCount
        guard places > 1 else { return }
        var place = 1 + below(places - 1)
        // Scalars are where most is decided; look for one a few times.
        for _ in 0..<below(4) {
            if document.value(at: place).isScalar { break }
            place = 1 + below(places - 1)
        }
        let donor = document.value(at: below(places))
        document.change(at: place) { value in
            value = changed(value, donor)
        }
    }

    private mutating func changed(_ value: Document, _ donor: Document) -> Document {
        switch value {
        case .token(let token): return changedToken(token, donor)
        case .text: return changedText(value, donor)
        case .list(let elements): return changedList(elements, donor)
        case .members(let members): return changedMembers(members, donor)
        }
    }

    private mutating func changedToken(_ token: String, _ donor: Document) -> Document {
        switch below(12) {
        case 0: return scalar()
        case 1: return donor
        case 2, 3: return .token(Int(token).map { String($0 &+ [1, -1, 2, -2, 10][below(5)]) } ?? token)
        case 4: return .text(token)
        default: return number()
        }
    }

    private mutating func changedText(_ value: Document, _ donor: Document) -> Document {
        switch below(12) {
        case 0: return scalar()
        case 1: return donor
        case 2: return number()
        case 3: return .text(HostileValue.longTexts[below(HostileValue.longTexts.count)])
        case 4:
            guard case .text(let text) = value, !text.isEmpty else { return value }
            return .text(String(text.dropLast(below(text.count))))
        case 5:
            guard case .text(let text) = value else { return value }
            return .text(text + HostileValue.texts[below(HostileValue.texts.count)])
        default: return .text(HostileValue.texts[below(HostileValue.texts.count)])
        }
    }

    private mutating func changedList(_ elements: [Document], _ donor: Document) -> Document {
        switch below(8) {
        case 0: return scalar()
        case 1: return .list([])
        case 2: return .list(elements + [donor])
        case 3: return deep()
        case 4 where !elements.isEmpty:
            var fewer = elements
            fewer.remove(at: below(elements.count))
            return .list(fewer)
        case 5 where !elements.isEmpty:
            return .list(elements + Array(repeating: elements[below(elements.count)], count: [1, 2, 40][below(3)]))
        case 6: return .list(elements.reversed())
        default: return .list(elements + [scalar()])
        }
    }

    private mutating func changedMembers(_ members: [Document.Member], _ donor: Document) -> Document {
        var members = members
        let index = below(members.count)
        switch below(9) {
        case 0: return scalar()
        case 1: return .members([])
        case 2: return deep()
        case 3: members.append(.init(HostileValue.texts[below(HostileValue.texts.count)], donor))
        case 4 where !members.isEmpty: members[index].name = HostileValue.texts[below(HostileValue.texts.count)]
        case 5 where !members.isEmpty: members.append(.init(members[index].name, scalar()))
        case 6 where !members.isEmpty: members[index].value = .token("null")
        default: if !members.isEmpty { members.remove(at: index) }
        }
        return .members(members)
    }

    private mutating func number() -> Document { .token(HostileValue.numbers[below(HostileValue.numbers.count)]) }

    private mutating func scalar() -> Document {
        switch below(4) {
        case 0: number()
        case 1: .token(HostileValue.words[below(HostileValue.words.count)])
        default: .text(HostileValue.texts[below(HostileValue.texts.count)])
        }
    }

    /// Nested almost as deep as readers go.
    private mutating func deep() -> Document {
        let isList = below(2) == 0
        return (0..<[3, 60, 230][below(3)]).reduce("end") { inner, _ in
            isList ? .list([inner]) : .members([.init("a", inner)])
        }
    }
}

extension Document {
    var isScalar: Bool {
        switch self {
        case .token, .text: true
        case .list, .members: false
        }
    }
}
