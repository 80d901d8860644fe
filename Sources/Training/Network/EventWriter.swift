import AerieAPI
import TensorFlow

/// The operations that write an event file for TensorBoard.
struct EventWriter {
    private let directory: Output
    private let create: Operation
    private let step: Output
    private let tag: Output
    private let value: Output
    private let scalar: Operation
    private let flush: Operation
    private let finish: Operation

    init(in graph: Graph) throws(TFError) {
        let writer = try graph.add(
            "SummaryWriter", name: "events/writer", [],
            attributes: ["shared_name": .string("events"), "container": .string("")]
        ).output
        directory = try graph.placeholder(.string, shape: .scalar, name: "events/directory")
        create = try graph.add(
            "CreateSummaryFileWriter", name: "events/create", writer, directory, graph.constant(Int32(1000)),
            graph.constant(Int32(120_000)), graph.constant(string: ""))
        step = try graph.placeholder(.int64, shape: .scalar, name: "events/step")
        tag = try graph.placeholder(.string, shape: .scalar, name: "events/tag")
        value = try graph.placeholder(.float, shape: .scalar, name: "events/value")
        scalar = try graph.add("WriteScalarSummary", name: "events/scalar", writer, step, tag, value)
        flush = try graph.add("FlushSummaryWriter", name: "events/flush", writer)
        finish = try graph.add("CloseSummaryWriter", name: "events/close", writer)
    }

    func open(_ path: String, in session: Session) throws(TFError) {
        try session.run(feeds: [directory: Tensor(string: path)], targets: [create])
    }

    func write(_ metrics: Metrics, step number: Int, in session: Session) throws(TFError) {
        for (name, metric) in metrics.values.sorted(by: { $0.key < $1.key }) {
            try session.run(
                feeds: [step: Tensor(Int64(number)), tag: Tensor(string: name), value: Tensor(Float(metric))],
                targets: [scalar])
        }
        try session.run(targets: [flush])
    }

    func close(in session: Session) throws(TFError) { try session.run(targets: [finish]) }
}
