import AerieAPI
import TensorFlow

/// An event file for TensorBoard that belongs to no training.
struct EventFile {
    private let session: Session
    private let writer: EventWriter

    init(in directory: String) throws(TFError) {
        let graph = Graph()
        writer = try EventWriter(in: graph)
        session = try Session(graph)
        try writer.open(directory, in: session)
    }

    func write(_ metrics: Metrics, step: Int) throws(TFError) { try writer.write(metrics, step: step, in: session) }

    func close() throws(TFError) { try writer.close(in: session) }
}
