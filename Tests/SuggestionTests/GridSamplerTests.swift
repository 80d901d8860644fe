import AerieAPI
import KubernetesAPI
import Suggestion
import Testing

@Suite struct GridSamplerTests {
    private func grid(_ dimensions: [Dimension], points: Int? = nil) -> [String] {
        GridSampler(space: SearchSpace(dimensions), algorithm: Algorithm(name: .grid, settings: .init(points: points)))
            .propose(1...1000, history: []).map { JSONValue.object($0).description }
    }

    @Test("the parameter that is listed last varies fastest")
    func order() {
        let combinations = grid([
            Dimension(name: "a", domain: .int(.init(min: 1, max: 3, step: 2))),
            Dimension(name: "b", domain: .categorical(.init(values: ["x", "y"]))),
        ])
        #expect(
            combinations == [
                #"{"a":1,"b":"x"}"#, #"{"a":1,"b":"y"}"#, #"{"a":3,"b":"x"}"#, #"{"a":3,"b":"y"}"#,
            ])
    }

    @Test("a range of doubles is cut into points, both ends included")
    func points() {
        let linear = Dimension(name: "a", domain: .double(.init(min: 0, max: 1)))
        #expect(grid([linear]) == [0, 0.25, 0.5, 0.75, 1].map { #"{"a":\#(Double($0))}"# })
        let log = Dimension(name: "a", domain: .double(.init(min: 0.001, max: 0.1, scale: .log)))
        #expect(grid([log], points: 3) == [0.001, 0.01, 0.1].map { #"{"a":\#($0)}"# })
        #expect(grid([log], points: 1) == [#"{"a":0.01}"#])
    }
}
