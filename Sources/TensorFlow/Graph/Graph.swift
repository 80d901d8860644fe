import CTensorFlow
import Synchronization

/// A computation under construction: operations wired to each other, run by a ``Session``.
///
/// Safe to use from several threads: the C library guards a graph with its own lock, and the counter for names has
/// a `Mutex`. The handle is written once.
public final class Graph: @unchecked Sendable {
    let handle = TF_NewGraph()
    private let names = Mutex<[String: Int]>([:])
    private let currentScope = Mutex(GraphScope())

    public init() {}

    deinit { TF_DeleteGraph(handle) }

    /// Adds an operation of TensorFlow's `type`, for example `MatMul`.
    ///
    /// The name, unique in the graph, is by default the type with a number. Inputs come in the order of the operation's
    /// definition; `controls` must have run before it. When TensorFlow refuses the operation the graph stays usable.
    @discardableResult
    public func add(
        _ type: String, name: String? = nil, _ inputs: [OperationInput] = [],
        attributes: [String: AttributeValue] = [:], after controls: [Operation] = []
    ) throws(TFError) -> Operation {
        let scope = scope
        let base = scope.prefix.isEmpty ? name ?? type : "\(scope.prefix)/\(name ?? type)"
        let description = TF_NewOperation(handle, type, name == nil ? uniqueName(base) : base)
        if !scope.device.isEmpty { TF_SetDevice(description, scope.device) }
        for input in inputs {
            switch input {
            case .single(let output): TF_AddInput(description, output.handle)
            case .list(let outputs): TF_AddInputList(description, outputs.map(\.handle), Int32(outputs.count))
            }
        }
        for control in controls { TF_AddControlInput(description, control.handle) }
        var refused: TFError?
        for (attribute, value) in attributes {
            do { try value.set(attribute, on: description) } catch { refused = error }
        }
        // Finished even when an attribute was refused: nothing else frees the description.
        let status = Status()
        let operation = TF_FinishOperation(description, status.handle)
        if let refused { throw refused }
        try status.check()
        guard let operation else { throw TFError(.internal, "TensorFlow gave no operation for \(type)") }
        return Operation(graph: self, handle: operation)
    }

    /// Adds an operation whose inputs are all single tensors.
    @discardableResult
    public func add(
        _ type: String, name: String? = nil, _ inputs: Output..., attributes: [String: AttributeValue] = [:],
        after controls: [Operation] = []
    ) throws(TFError) -> Operation {
        try add(type, name: name, inputs.map { .single($0) }, attributes: attributes, after: controls)
    }

    /// Where operations that are added now go.
    public var scope: GraphScope { currentScope.withLock { $0 } }

    /// Sets the scope and gives the one before.
    func exchangeScope(_ scope: GraphScope) -> GraphScope {
        currentScope.withLock { current in
            defer { current = scope }
            return current
        }
    }

    /// The operation of that name, if there is one.
    public func operation(named name: String) -> Operation? {
        TF_GraphOperationByName(handle, name).map { Operation(graph: self, handle: $0) }
    }

    /// The output that TensorFlow writes as `operation:index`; without an index the first.
    public func output(named name: String) -> Output? {
        let parts = name.split(separator: ":", maxSplits: 1)
        guard let first = parts.first, let operation = operation(named: String(first)) else { return nil }
        guard parts.count == 2 else { return operation.output }
        guard let index = Int(parts[1]), (0..<operation.outputCount).contains(index) else { return nil }
        return operation[index]
    }

    /// A name that no other call of this method gave.
    public func uniqueName(_ base: String) -> String {
        let number = names.withLock { names in
            names[base, default: -1] += 1
            return names[base, default: 0]
        }
        return number == 0 ? base : "\(base)_\(number)"
    }
}
