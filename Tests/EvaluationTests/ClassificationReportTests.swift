import Evaluation
import Testing

@Suite struct ClassificationReportTests {
    static let matrix = ConfusionMatrix(
        labels: [0, 0, 0, 1, 1, 3], predictions: [0, 0, 1, 1, 0, 1], classCount: 4)
    static let report = ClassificationReport(matrix, classNames: ["soil", "water", "ice", "lava"], loss: 0.5)

    @Test("counts and shares are those of the records")
    func figures() {
        #expect(Self.report.confusion == [[2, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]])
        #expect(Self.report.records == 6)
        #expect(Self.report.accuracy == 0.5)
        #expect(Self.report.classes[0].precision == 2.0 / 3)
        #expect(Self.report.classes[1].recall == 0.5)
        #expect(Self.report.classes[1].f1 == 0.4)
    }

    @Test("a class without records, and one that is never predicted, score 0 and count in the mean")
    func emptyClasses() {
        let ice = Self.report.classes[2]
        #expect(ice.support == 0 && ice.precision == 0 && ice.recall == 0 && ice.f1 == 0)
        let lava = Self.report.classes[3]
        #expect(lava.support == 1 && lava.precision == 0 && lava.recall == 0 && lava.f1 == 0)
        #expect(Self.report.macro.f1 == (2.0 / 3 + 0.4 + 0 + 0) / 4)
    }

    @Test("without records the accuracy is 0")
    func noRecords() {
        let report = ClassificationReport(ConfusionMatrix(classCount: 2), classNames: ["a", "b"], loss: .nan)
        #expect(report.accuracy == 0 && report.records == 0 && report.macro.f1 == 0)
    }

    @Test("the table for people shows every class and every count")
    func text() {
        let text = Self.report.description
        #expect(text.contains("accuracy   0.5000"))
        #expect(text.contains("soil   0.6667     0.6667  0.6667  3"))
        #expect(text.contains("lava     0   1   0   0"))
    }
}
