/// A shape of which sizes, or even the number of dimensions, may only be known at run time.
public struct PartialShape: Hashable, Sendable, CustomStringConvertible {
    /// One size a dimension, `nil` where it is unknown; `nil` as a whole where the rank is unknown.
    public var dimensions: [Int?]?

    public init(_ dimensions: [Int?]?) { self.dimensions = dimensions }

    /// Nothing is known, not even the rank.
    public static let unknown = PartialShape(nil)
    public static let scalar = PartialShape([])

    /// Whether a tensor of this shape may stand where `self` is asked for.
    public func accepts(_ shape: [Int]) -> Bool {
        guard let dimensions else { return true }
        return dimensions.count == shape.count
            && zip(dimensions, shape).allSatisfy { expected, actual in expected == nil || expected == actual }
    }

    /// TensorFlow's writing, for example `[?,3,3,4]`.
    public var description: String {
        guard let dimensions else { return "<unknown>" }
        return "[" + dimensions.map { $0.map(String.init) ?? "?" }.joined(separator: ",") + "]"
    }

    /// Sizes with -1 for the unknown ones, as the C API wants them.
    var sizes: [Int64]? { dimensions?.map { Int64($0 ?? -1) } }
}

extension PartialShape: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Int?...) { self.init(elements) }
}
