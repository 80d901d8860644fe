public import AerieAPI
public import KubernetesAPI

/// Values by the parameters' names: what one trial is told.
public typealias Assignment = [String: JSONValue]

/// All assignments that an experiment may try.
public struct SearchSpace: Hashable, Sendable {
    /// In the order of the manifest; the last one varies fastest.
    public let dimensions: [Dimension]

    public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }

    /// The space of the parameters, whatever they are; one that has no domain does not vary.
    public init(_ parameters: [Parameter]) {
        self.init(
            parameters.compactMap { parameter in
                parameter.domain.map { Dimension(name: parameter.name, domain: $0) }
            })
    }

    /// The most assignments that are counted.
    private static let mostCounted: UInt64 = 1 << 62

    /// How many assignments there are; `nil` when they cannot be counted or are more than 2⁶².
    public var count: UInt64? { Self.product(dimensions.map(\.count)) }

    /// The assignment at a position of a space that can be counted.
    public func assignment(at position: UInt64) -> Assignment {
        assignment(at: position, counts: dimensions.map { $0.count ?? 1 }) { $0.value(at: $1) }
    }

    /// Counts through the dimensions as an odometer does.
    func assignment(at position: UInt64, counts: [Int], value: (Dimension, Int) -> JSONValue) -> Assignment {
        var assignment: Assignment = [:]
        var rest = position
        for (dimension, count) in zip(dimensions, counts).reversed() {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: max(1, UInt64(clamping: count)))
            assignment[dimension.name] = value(dimension, Int(clamping: index))
            rest = quotient
        }
        return assignment
    }

    /// Where the trial of a number, counted from 1, stands in a space.
    static func position(of number: Int) -> UInt64 { UInt64(clamping: number.subtractingWithSaturation(1)) }

    static func product(_ counts: [Int?]) -> UInt64? {
        var product: UInt64 = 1
        for count in counts {
            guard let count else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: UInt64(clamping: count))
            guard !overflow, next <= Self.mostCounted else { return nil }
            product = next
        }
        return product
    }
}
