import AerieAPI
import Glibc
public import KubernetesAPI
import TensorFlow

/// Makes a SavedModel of a checkpoint.
///
/// It takes raw pixel values, with the normalization inside, and gives probabilities and classes. The same checkpoint
/// gives the same bytes.
public struct ModelExport {
    private let checkpoint: StoredCheckpoint

    public init(_ checkpoint: StoredCheckpoint) { self.checkpoint = checkpoint }

    /// Writes the model to `output`, which appears complete or not at all.
    ///
    /// An earlier export there is replaced; any other directory is refused. Gives a description of what was written.
    public func write(to output: String) throws -> JSONValue {
        let path = output.count > 1 && output.hasSuffix("/") ? String(output.dropLast()) : output
        let target = Folder(path)
        let existing = try target.names()
        guard existing.isEmpty || existing.contains(Self.modelName) else {
            throw TrainingError(.badUsage, "\(path) holds something else than a SavedModel; give a new directory")
        }
        let staging = Folder("\(path).\(getpid()).tmp")
        let parent = Folder(
            path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
        let name = { (folder: Folder) in String(folder.path.split(separator: "/").last ?? "") }
        if !parent.path.isEmpty { try parent.create() }
        try staging.folder("variables").create()
        do { try write(into: staging) } catch {
            try parent.remove(name(staging))
            throw error
        }
        let discarded = Folder("\(path).\(getpid()).old")
        if target.exists, rename(target.path, discarded.path) != 0 {
            throw TrainingError.storage("replace", target.path)
        }
        guard rename(staging.path, target.path) == 0 else { throw TrainingError.storage("write", target.path) }
        try parent.remove(name(discarded))
        return [
            "savedModel": .string(path), "step": JSONValue(checkpoint.step), "checkpoint": .string(checkpoint.digest),
        ]
    }

    private static let modelName = "saved_model.pb"

    private func write(into folder: Folder) throws {
        let description = try ModelDescription(checkpoint: checkpoint.prefix)
        let graph = Graph()
        let images = try graph.placeholder(
            .float, shape: PartialShape([nil] + description.imageShape.map(Optional.some)), name: ServingSignature.image
        )
        let network = try Network(description, seed: nil, in: graph)
        let logits = try network.logits(of: images)
        let probabilities = try graph.add("Softmax", name: ServingSignature.probabilities, logits).output
        let classes = try graph.add(
            "ArgMax", name: ServingSignature.predictedClass, logits, graph.constant(Int32(-1))
        ).output
        let writer = try SavedModelWriter(graph, variables: network.variables)
        let signature = Signature(
            inputs: [ServingSignature.image: try TensorSpecification(images)],
            outputs: [
                ServingSignature.probabilities: try TensorSpecification(probabilities),
                ServingSignature.predictedClass: try TensorSpecification(classes),
            ])
        let session = try Session(
            graph, configuration: SessionConfiguration(intraOperationThreads: 1, interOperationThreads: 1))
        try writer.restore(from: checkpoint.prefix, in: session)
        let bytes = try writer.write(
            to: folder.path, session: session, signatures: [Signature.servingDefault: signature])
        try AtomicFile.write(bytes, to: folder[Self.modelName])
        let variables = folder.folder("variables")
        for name in try variables.names() { AtomicFile.synchronize(variables[name]) }
    }
}
