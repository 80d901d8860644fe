public import AerieAPI
import KubernetesAPI

/// All combinations in order: the parameter that is listed last varies fastest.
public struct GridSampler: Sampler {
    private let space: SearchSpace
    /// How many values each dimension is cut into.
    private let counts: [Int]

    public init(space: SearchSpace, algorithm: Algorithm) {
        self.space = space
        let points = max(1, algorithm.settings.points ?? Algorithm.defaultPoints)
        counts = space.dimensions.map { $0.count ?? points }
    }

    public var capacity: Int? { SearchSpace.product(counts).flatMap { Int(exactly: $0) } }

    public func propose(_ numbers: ClosedRange<Int>, history: [Outcome]) -> [Assignment] {
        numbers.filter { number in capacity.map { number <= $0 } ?? true }.map { number in
            space.assignment(at: SearchSpace.position(of: number), counts: counts, value: value)
        }
    }

    private func value(of dimension: Dimension, at index: Int) -> JSONValue {
        guard dimension.count == nil else { return dimension.value(at: index) }
        let points = counts[space.dimensions.firstIndex(of: dimension) ?? 0]
        // Floating point: a single point lies in the middle.
        return dimension.value(at: points == 1 ? 0.5 : Double(index) / (Double(points) - 1))
    }
}
