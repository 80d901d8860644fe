import AerieAPI
import KubernetesAPI
import Testing

@Suite struct TrialResultTests {
    static let result = TrialResult(
        trial: "landsat-3", trialUID: "6f7f", reason: .completed, step: 500,
        metrics: ["validation/accuracy": 0.91, "training/loss": .nan, "validation/loss": -.infinity],
        checkpoint: CheckpointReference(
            path: "attempts/1/checkpoints/ckpt-500", step: 500, digest: "sha256:ab", metric: "validation/accuracy",
            value: 0.91),
        dataset: .init(digest: "sha256:cd"))

    @Test("the message is the JSON that the contract names, numbers that JSON lacks are strings")
    func message() throws {
        let text = String(decoding: try Self.result.termination(), as: UTF8.self)
        #expect(
            text == #"""
                {"checkpoint":{"digest":"sha256:ab","metric":"validation/accuracy","path":"attempts/1/checkpoints/ckpt-500",\#
                "step":500,"value":0.91},"checkpoints":[],"contract":1,"dataset":{"digest":"sha256:cd"},\#
                "metrics":{"training/loss":"NaN","validation/accuracy":0.91,"validation/loss":"-Infinity"},\#
                "reason":"Completed","step":500,"trial":"landsat-3","trialUID":"6f7f"}
                """#)
        let read = try TrialResult(parsing: text)
        #expect(read.checkpoint == Self.result.checkpoint)
        #expect(read.metrics["training/loss"]?.isNaN == true)
        #expect(read.metrics["validation/loss"] == -.infinity)
    }

    @Test("a message of a later contract, or a log's tail instead of one, is refused")
    func refusals() {
        #expect(throws: DecodingError.self) { try TrialResult(parsing: #"{"contract":9,"reason":"Completed"}"#) }
        #expect(throws: JSONSyntaxError.self) { try TrialResult(parsing: "Segmentation fault") }
        #expect(throws: DecodingError.self) { try TrialResult(parsing: #"{"contract":1}"#) }
    }

    @Test("a reason that this version does not know is kept")
    func unknownReason() throws {
        #expect(try TrialResult(parsing: #"{"contract":1,"reason":"Sunspots"}"#).reason == "Sunspots")
    }

    @Test(
        "with names of maximal length the message still fits and keeps the best checkpoint",
        arguments: [2, 6, 40, 200])
    func maximalNames(classes: Int) throws {
        let metric = String(repeating: "m", count: MetricName.maximumSize)
        var result = TrialResult(
            trial: String(repeating: "t", count: 253), trialUID: String(repeating: "0", count: 36), reason: .completed,
            message: String(repeating: "é\"", count: 3000), step: 1_000_000_000)
        result.dataset = .init(digest: "sha256:" + String(repeating: "0", count: 64))
        for index in 0..<classes {
            let name = String(String(repeating: "ü", count: 31).dropLast(String(index).count)) + String(index)
            for key in [MetricName.precision(class: name), MetricName.recall(class: name), MetricName.f1(class: name)] {
                result.metrics[key] = 0.123_456_789_012_345_6
            }
        }
        result.metrics[metric] = 0.123_456_789_012_345_6
        let reference = CheckpointReference(
            path: "attempts/\(String(repeating: "f", count: 36))/checkpoints/ckpt-1000000000", step: 1_000_000_000,
            digest: "sha256:" + String(repeating: "f", count: 64), metric: metric, value: 0.123_456_789_012_345_6)
        result.checkpoint = reference
        result.checkpoints = Array(repeating: reference, count: 50)

        let bytes = try result.termination()
        #expect(bytes.count <= 4096)
        let read = try TrialResult(parsing: String(decoding: bytes, as: UTF8.self))
        #expect(read.checkpoint == reference)
        #expect(read.metrics[metric] == 0.123_456_789_012_345_6)
        #expect(read.trial == result.trial && read.trialUID == result.trialUID && read.dataset == result.dataset)
    }

    @Test("as many kept checkpoints stay as fit, from the best on")
    func keptCheckpoints() throws {
        var result = Self.result
        result.checkpoints = (0..<100).map { index in
            CheckpointReference(
                path: "attempts/1/checkpoints/ckpt-\(index)", step: index, digest: "sha256:ab",
                metric: "validation/accuracy", value: 1 - Double(index) / 100)
        }
        let read = try TrialResult(parsing: String(decoding: try result.termination(), as: UTF8.self))
        #expect(read.checkpoints.count > 10)
        #expect(read.checkpoints == Array(result.checkpoints.prefix(read.checkpoints.count)))
    }
}
