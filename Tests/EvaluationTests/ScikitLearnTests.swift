import Evaluation
import FoundationEssentials
import TestRandom
import TestSupport
import Testing

@Suite struct ScikitLearnTests {
    struct Case: Encodable {
        var labels: [Int]
        var predictions: [Int]
        var classes: Int
    }

    struct Reference: Decodable {
        var accuracy: Double
        var precision: [Double]
        var recall: [Double]
        var f1: [Double]
        var support: [Int]
        var macro: [Double]
        var confusion: [[Int]]
    }

    /// Random labels and predictions, many of them with classes that never occur, are never predicted, or both.
    static func cases(seed: UInt64) -> [Case] {
        var generator = SeededGenerator(seed: seed)
        return (0..<60).map { index in
            let classes = Int.random(in: 1...12, using: &generator)
            let count = index < 5 ? 1 : Int.random(in: 1...200, using: &generator)
            let labels = (0..<count).map { _ in
                Int.random(in: 0...Int.random(in: 0..<classes, using: &generator), using: &generator)
            }
            let predictions = labels.map { label in
                Bool.random(using: &generator) ? label : Int.random(in: 0...classes / 2, using: &generator) % classes
            }
            return Case(labels: labels, predictions: predictions, classes: classes)
        }
    }

    @Test("all figures are scikit-learn's, empty classes included", arguments: [UInt64(20_261_121)])
    func sameFigures(seed: UInt64) async throws {
        let cases = Self.cases(seed: seed)
        let input = try TemporaryFile(String(decoding: try JSONEncoder().encode(cases), as: UTF8.self))
        let output = try await PythonReference.run(file: "classification.py", [input.path])
        let references = try JSONDecoder().decode([Reference].self, from: Data(output.utf8))
        #expect(references.count == cases.count)
        for (example, reference) in zip(cases, references) {
            let matrix = ConfusionMatrix(
                labels: example.labels, predictions: example.predictions, classCount: example.classes)
            let report = ClassificationReport(
                matrix, classNames: (0..<example.classes).map { "class \($0)" }, loss: 0)
            #expect(report.confusion == reference.confusion)
            #expect(report.classes.map(\.support) == reference.support)
            #expect(close([report.accuracy], [reference.accuracy]))
            #expect(close(report.classes.map(\.precision), reference.precision))
            #expect(close(report.classes.map(\.recall), reference.recall))
            #expect(close(report.classes.map(\.f1), reference.f1))
            #expect(close([report.macro.precision, report.macro.recall, report.macro.f1], reference.macro))
        }
    }

    private func close(_ ours: [Double], _ theirs: [Double]) -> Bool {
        ours.count == theirs.count && zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-12 }
    }
}
