import AerieAPI
import KubernetesAPI
import Suggestion
import Testing

@Suite struct RandomSamplerTests {
    private let space = SearchSpace([
        Dimension(name: "learningRate", domain: .double(.init(min: 1e-4, max: 1e-1, scale: .log))),
        Dimension(name: "dropout", domain: .double(.init(min: 0, max: 0.5))),
    ])

    private func draw(_ count: Int, seed: Int) -> [Assignment] {
        RandomSampler(space: space, algorithm: Algorithm(seed: seed)).propose(1...count, history: [])
    }

    @Test("equal seeds try the same, other seeds something else")
    func seeds() {
        #expect(draw(50, seed: 7) == draw(50, seed: 7))
        #expect(Set(draw(50, seed: 7)).isDisjoint(with: draw(50, seed: 8)))
    }

    @Test("the first proposals of a seed never change from release to release")
    func pinned() {
        let first = draw(2, seed: 7).map { JSONValue.object($0).description }
        #expect(first == Self.pinnedProposals)
    }
    private static let pinnedProposals = [
        #"{"dropout":0.418559,"learningRate":0.000107687}"#, #"{"dropout":0.161111,"learningRate":0.034989}"#,
    ]

    @Test("a logarithmic scale gives every order of magnitude its share")
    func logScale() {
        let rates = draw(3000, seed: 1).compactMap { $0["learningRate"]?.doubleValue }
        for low in [1e-4, 1e-3, 1e-2] {
            let share = rates.count { (low..<(low * 10)).contains($0) }
            #expect((900...1100).contains(share), "\(share) of 3000 from \(low)")
        }
    }

    @Test("a linear scale is even")
    func linearScale() {
        let values = draw(3000, seed: 1).compactMap { $0["dropout"]?.doubleValue }
        #expect(abs(values.reduce(0, +) / 3000 - 0.25) < 0.01)
        #expect(values.count { $0 < 0.05 } > 240)
    }

    @Test("values print with at most six digits")
    func shortValues() {
        for rate in draw(500, seed: 3).compactMap({ $0["learningRate"]?.doubleValue }) {
            let digits = "\(rate)".prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" }
            #expect(digits.count <= 6, "\(rate)")
        }
    }

    @Test("a space that can be counted is shuffled, not walked through", arguments: 0..<20)
    func shuffled(seed: Int) {
        let numbers = SearchSpace([Dimension(name: "n", domain: .int(.init(min: 0, max: 99)))])
        let drawn = RandomSampler(space: numbers, algorithm: Algorithm(seed: seed)).propose(1...100, history: [])
            .compactMap { $0["n"]?.intValue }
        #expect(drawn.sorted() == Array(0...99))
        let steps = zip(drawn, drawn.dropFirst()).count { $1 == $0 + 1 }
        #expect(steps < 10)
    }
}
