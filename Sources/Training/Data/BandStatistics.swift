import AerieAPI
import TensorFlow

/// What a pass over the training records shows: the mean and spread of each band, and whether the labels are classes.
struct BandStatistics: Hashable, Sendable {
    var mean: [Double]
    /// 1 for a band that never changes.
    var standardDeviation: [Double]

    /// Reads all records of a file once, in order, on one thread: the same file gives the same bits.
    static func compute(
        _ file: String, _ description: DatasetDescription, expectedRecords: Int
    ) throws(TrainingError) -> BandStatistics {
        do { return try read(file, description, expectedRecords: expectedRecords) } catch let error as TrainingError {
            throw error
        } catch {
            throw TrainingError(.trainingFailed, "\(file): \(error)")
        }
    }

    private static func read(
        _ file: String, _ description: DatasetDescription, expectedRecords: Int
    ) throws -> BandStatistics {
        let graph = Graph()
        let input = try InputPipeline.sequential(
            file, parser: ExampleParser(description), batchSize: 1024, name: "statistics", in: graph)
        let pixels = try graph.cast(input.images, to: .double)
        let allButBands = try graph.constant([0, 1, 2] as [Int32])
        let sum = try graph.add("Sum", pixels, allButBands).output
        let squares = try graph.add("Sum", graph.add("Square", pixels).output, allButBands).output
        let session = try Session(
            graph, configuration: SessionConfiguration(intraOperationThreads: 1, interOperationThreads: 1))
        try input.start(in: session)

        var records = 0
        var sums = [Double](repeating: 0, count: description.imageShape[2])
        var squareSums = sums
        while true {
            let results: [Tensor]
            do { results = try session.run(fetches: [sum, squares, input.labels]) } catch {
                if error.code == .outOfRange { break }
                throw TrainingError(damaged: file, error)
            }
            sums = zip(sums, try results[0].scalars(of: Double.self)).map { $0 + $1 }
            squareSums = zip(squareSums, try results[1].scalars(of: Double.self)).map { $0 + $1 }
            let labels = try results[2].scalars(of: Int64.self)
            if let wrong = labels.firstIndex(where: { $0 < 0 || $0 >= description.classes.count }) {
                throw TrainingError(
                    .badData,
                    "\(file): record \(records + wrong) has label \(labels[wrong]); the dataset has classes "
                        + "0…\(description.classes.count - 1)")
            }
            records += labels.count
        }
        try input.stop(in: session)
        guard records == expectedRecords else {
            throw TrainingError(.badData, "\(file) has \(records) records; dataset.json says \(expectedRecords)")
        }
        let count = Double(records * description.imageShape[0] * description.imageShape[1])
        let mean = sums.map { $0 / count }
        let deviation = zip(squareSums, mean).map { squares, mean in
            let variance = max(0, squares / count - mean * mean)
            return variance > 0 ? variance.squareRoot() : 1
        }
        return BandStatistics(mean: mean, standardDeviation: deviation)
    }
}
