import AerieAPI
import KubernetesAPI
import Suggestion
import Testing

/// What every sampler must keep, over spaces of every kind.
@Suite struct SamplerConformanceTests {
    static let spaces: [(name: String, space: SearchSpace)] = [
        ("a learning rate", SearchSpace([learningRate])),
        ("two words", SearchSpace([activation])),
        ("a single point", SearchSpace([Dimension(name: "depth", domain: .int(.init(min: 2, max: 2)))])),
        ("everything at once", SearchSpace([learningRate, batchSize, width, activation])),
        ("whole numbers only", SearchSpace([batchSize, width])),
        ("nothing varies", SearchSpace([Dimension]())),
        (
            "more than can be counted in 64 bits",
            SearchSpace((0..<4).map { Dimension(name: "p\($0)", domain: .int(.init(min: 0, max: 1 << 50))) })
        ),
    ]
    static let learningRate = Dimension(name: "learningRate", domain: .double(.init(min: 1e-4, max: 1e-1, scale: .log)))
    static let batchSize = Dimension(name: "batchSize", domain: .int(.init(min: 32, max: 250, step: 32)))
    static let width = Dimension(name: "width", domain: .discrete(.init(values: [64, 128, 192])))
    static let activation = Dimension(name: "activation", domain: .categorical(.init(values: ["relu", "swish"])))

    static let cases = Algorithm.Name.allCases.flatMap { name in spaces.indices.map { (name, $0) } }

    private func sampler(_ name: Algorithm.Name, _ index: Int, seed: Int = 7) -> any Sampler {
        Algorithm(name: name, seed: seed).sampler(for: Self.spaces[index].space)
    }

    @Test("every value lies in its parameter's domain, and every parameter has one", arguments: cases)
    func valuesAreInTheirDomain(name: Algorithm.Name, index: Int) {
        let space = Self.spaces[index].space
        for assignment in sampler(name, index).propose(1...200, history: []) {
            #expect(Set(assignment.keys) == Set(space.dimensions.map(\.name)))
            for dimension in space.dimensions {
                #expect(dimension.admits(assignment[dimension.name]), "\(dimension) \(assignment)")
            }
        }
    }

    @Test("a trial's assignment does not depend on how many are asked for at once", arguments: cases)
    func oneByOneIsTheSame(name: Algorithm.Name, index: Int) {
        let together = sampler(name, index).propose(1...40, history: [])
        let apart = (1...40).flatMap { sampler(name, index).propose($0...$0, history: []) }
        #expect(together == apart)
    }

    @Test("the order of the history does not matter", arguments: cases)
    func historyIsASet(name: Algorithm.Name, index: Int) {
        let sampler = sampler(name, index)
        let history = sampler.propose(1...8, history: []).enumerated().map {
            Outcome(number: $0 + 1, assignment: $1, value: $0.isMultiple(of: 3) ? nil : Double($0))
        }
        #expect(sampler.propose(9...12, history: history) == sampler.propose(9...12, history: history.reversed()))
    }

    @Test(
        "where there is a capacity no assignment comes twice, and exactly as many come as the capacity says",
        arguments: cases)
    func neverTwice(name: Algorithm.Name, index: Int) {
        let sampler = sampler(name, index)
        let proposals = sampler.propose(1...2000, history: [])
        #expect(proposals.count == min(2000, sampler.capacity ?? 2000))
        // Rounded to six digits, two of thousands of values may well be equal.
        let repetitions = proposals.count - Set(proposals).count
        #expect(repetitions <= (sampler.capacity == nil ? 5 : 0))
    }
}

extension Dimension {
    fileprivate func admits(_ value: JSONValue?) -> Bool {
        switch domain {
        case .double(let range): value?.doubleValue.map { (range.min...range.max).contains($0) } ?? false
        case .int(let range):
            value?.intValue.map { (range.min...range.max).contains($0) && ($0 - range.min) % range.step == 0 } ?? false
        case .discrete(let list): value?.doubleValue.map(list.values.contains) ?? false
        case .categorical(let list): value?.stringValue.map(list.values.contains) ?? false
        }
    }
}
