public import AerieAPI
import KubernetesAPI

/// Random search: every trial on its own, evenly over the space.
///
/// A space that can be counted is gone through in shuffled order, so that no assignment comes twice. In any other space
/// the values of each trial are drawn independently.
public struct RandomSampler: Sampler {
    private let space: SearchSpace
    private let random: CounterRandom
    private let permutation: Permutation?

    public init(space: SearchSpace, algorithm: Algorithm) {
        self.space = space
        random = CounterRandom(seed: algorithm.seed)
        permutation = space.count.map { [random] in Permutation(count: $0, random: random) }
    }

    public var capacity: Int? { permutation.map { Int(clamping: $0.count) } }

    public func propose(_ numbers: ClosedRange<Int>, history: [Outcome]) -> [Assignment] {
        numbers.compactMap(assignment)
    }

    private func assignment(number: Int) -> Assignment? {
        let position = SearchSpace.position(of: number)
        guard let permutation else {
            let trial = random.stream(position)
            let values = space.dimensions.enumerated().map { ($1.name, $1.value(at: trial.unit(UInt64(clamping: $0)))) }
            return Assignment(values) { first, _ in first }
        }
        return position < permutation.count ? space.assignment(at: permutation[position]) : nil
    }
}
