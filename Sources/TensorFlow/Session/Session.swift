import CTensorFlow
import Synchronization

/// Runs a graph and holds the values of its variables.
///
/// `run` may be called from several threads at a time; what TensorFlow computes then is as ordered as the graph's own
/// control inputs make it. It blocks for as long as the computation takes: call it from a thread of your own, never
/// from Swift's cooperative pool.
///
/// `@unchecked Sendable` because the handle is written once and the C library guards a session with its own lock.
public final class Session: @unchecked Sendable {
    public let graph: Graph
    let handle: OpaquePointer?
    private let isAbandoned = Atomic<Bool>(false)

    /// Operations added to the graph later can be run as well.
    ///
    /// With the `target` of a ``Server`` the session runs on that server's cluster, else in this process. A cluster is
    /// first called by the first run, which then waits for all of its tasks.
    public init(
        _ graph: Graph, configuration: SessionConfiguration = SessionConfiguration(), target: String? = nil
    ) throws(TFError) {
        let options = try SessionOptions(configuration, target: target)
        let status = Status()
        handle = TF_NewSession(graph.handle, options.handle, status.handle)
        self.graph = graph
        try status.check()
    }

    /// Takes over a session that TensorFlow made for `graph`.
    init(adopting handle: OpaquePointer?, graph: Graph) {
        self.handle = handle
        self.graph = graph
    }

    deinit {
        if isAbandoned.load(ordering: .relaxed) { return }
        // Nobody is there to hear an error from closing.
        let status = Status()
        TF_CloseSession(handle, status.handle)
        TF_DeleteSession(handle, status.handle)
    }

    /// Computes `fetches`, and whatever `targets` do, once.
    ///
    /// Feeds stand in for what the graph would compute. Their types and shapes are checked here: TensorFlow itself
    /// silently accepts wrong ones. The result has one tensor a fetch, in the same order.
    @discardableResult
    public func run(
        feeds: [Output: Tensor] = [:], fetches: [Output] = [], targets: [Operation] = []
    ) throws(TFError) -> [Tensor] {
        for (output, tensor) in feeds { try Self.check(tensor, fits: output) }
        let status = Status()
        var results = [OpaquePointer?](repeating: nil, count: fetches.count)
        let pairs = Array(feeds)
        TF_SessionRun(
            handle, nil, pairs.map(\.key.handle), pairs.map { Optional($0.value.storage.handle) }, Int32(pairs.count),
            fetches.map(\.handle), &results, Int32(fetches.count), targets.map { Optional($0.handle) },
            Int32(targets.count), nil, status.handle)
        try status.check()
        // All are owned before any can be refused.
        let owned = results.compactMap { $0.map(TensorStorage.init) }
        var tensors: [Tensor] = []
        tensors.reserveCapacity(owned.count)
        for storage in owned { tensors.append(try Tensor(storage)) }
        return tensors
    }

    /// Never closes the session: that would wait for every task of the cluster, also for one that will never answer.
    ///
    /// What the session holds stays in memory until the process ends.
    public func abandon() { isAbandoned.store(true, ordering: .relaxed) }

    /// Computes one output.
    public func run(feeds: [Output: Tensor] = [:], fetch: Output) throws(TFError) -> Tensor {
        guard let result = try run(feeds: feeds, fetches: [fetch]).first else {
            throw TFError(.internal, "TensorFlow gave no value for \(fetch.name)")
        }
        return result
    }

    private static func check(_ tensor: Tensor, fits output: Output) throws(TFError) {
        let dataType = try output.dataType
        guard tensor.dataType == dataType else {
            throw TFError(.invalidArgument, "\(output.name) is \(dataType), fed with \(tensor.dataType)")
        }
        let shape = try output.shape
        guard shape.accepts(tensor.shape) else {
            throw TFError(
                .invalidArgument,
                "\(output.name) has shape \(shape), fed with \(PartialShape(tensor.shape.map(Optional.some)))")
        }
    }
}
