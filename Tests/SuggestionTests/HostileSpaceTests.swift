import AerieAPI
import KubernetesAPI
import Suggestion
import Testing

/// Spaces that no specification may have, and that are stored nevertheless where no webhook and no rule looked.
@Suite struct HostileSpaceTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var domain: Parameter.Domain
        var count: Int?
    }

    static let rows = [
        Row(testDescription: "upside down", domain: .int(.init(min: 8, max: 4)), count: 0),
        Row(testDescription: "from 0 to the last number", domain: .int(.init(min: 0, max: .max)), count: .max),
        Row(testDescription: "all numbers", domain: .int(.init(min: .min, max: .max)), count: .max),
        Row(
            testDescription: "all numbers in two steps", domain: .int(.init(min: .min, max: .max, step: .max)), count: 3
        ),
        Row(testDescription: "no step", domain: .int(.init(min: 0, max: 9, step: 0)), count: 0),
        Row(testDescription: "a step back", domain: .int(.init(min: 0, max: 9, step: .min)), count: 0),
        Row(testDescription: "the first number", domain: .int(.init(min: .min, max: .min)), count: 1),
        Row(testDescription: "no words", domain: .categorical(.init(values: [])), count: 0),
        Row(testDescription: "no numbers", domain: .discrete(.init(values: [])), count: 0),
        Row(testDescription: "not a number", domain: .double(.init(min: .nan, max: .nan)), count: nil),
        Row(
            testDescription: "to infinity", domain: .double(.init(min: -.infinity, max: .infinity, scale: .log)),
            count: nil),
        Row(testDescription: "doubles upside down", domain: .double(.init(min: 1, max: -1, scale: .log)), count: nil),
    ]

    @Test(arguments: rows) func `is counted, and gives values or null`(row: Row) {
        let dimension = Dimension(name: "a", domain: row.domain)
        #expect(dimension.count == row.count)
        for index in [Int.min, -1, 0, 1, .max] where index < 0 || index >= row.count ?? 0 {
            guard row.count != nil else { continue }
            #expect(dimension.value(at: index) == .null)
        }
        for fraction in [-1, 0, 0.5, 1, 2, .nan, .infinity] { _ = dimension.value(at: fraction) }
    }

    @Test(arguments: rows, [Algorithm.Name.random, .grid])
    func `is searched without end or trap, alone and beside others`(row: Row, name: Algorithm.Name) {
        let odd = Dimension(name: "a", domain: row.domain)
        let others = others(than: row).map { Dimension(name: $0.testDescription, domain: $0.domain) }
        for space in [SearchSpace([odd]), SearchSpace([odd, odd, odd]), SearchSpace([odd] + others)] {
            for points in [nil, Int.min, 0, .max] {
                let algorithm = Algorithm(name: name, seed: .min, settings: .init(points: points))
                let sampler = algorithm.sampler(for: space)
                let proposals = sampler.propose(-2...5, history: [])
                #expect(proposals.count <= 8)
                if let capacity = sampler.capacity { #expect(capacity >= 0) }
                _ = sampler.propose(Int.max...Int.max, history: [])
                _ = sampler.propose(Int.min...Int.min, history: [])
            }
        }
    }

    private func others(than row: Row) -> [Row] { Self.rows.filter { $0.testDescription != row.testDescription } }

    @Test func `a shuffled order of nothing has no places`() {
        let order = Permutation(count: 0, random: CounterRandom(seed: 1))
        #expect(order[0] == 0)
        #expect(order[.max] == .max)
    }
}
