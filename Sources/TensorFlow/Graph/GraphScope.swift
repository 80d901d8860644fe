/// Where new operations of a graph go: what their names begin with and which device computes them.
public struct GraphScope: Hashable, Sendable {
    /// Comes before every name, with a slash; empty for none.
    ///
    /// Variables keep their names in checkpoints.
    public var prefix = ""
    /// For example `/job:worker/replica:0/task:1/device:CPU:0`; empty leaves the choice to TensorFlow.
    public var device = ""
    /// Devices of variables by their names, where they are not on ``device``.
    public var variableDevices: [String: String] = [:]

    public init(prefix: String = "", device: String = "", variableDevices: [String: String] = [:]) {
        self.prefix = prefix
        self.device = device
        self.variableDevices = variableDevices
    }
}

extension Graph {
    /// Adds operations in a scope, which stands instead of the one around it.
    ///
    /// The scope is the graph's, not the thread's: one thread builds at a time. Operations that
    /// ``gradients(of:by:initial:)`` adds get no device.
    public func scoped<Result>(
        _ scope: GraphScope, _ body: () throws(TFError) -> Result
    ) throws(TFError) -> Result {
        let outer = enter(scope)
        defer { leave(to: outer) }
        return try body()
    }

    /// Lets new operations go to a scope until ``leave(to:)``; gives the one before.
    public func enter(_ scope: GraphScope) -> GraphScope { exchangeScope(scope) }

    public func leave(to outer: GraphScope) { _ = exchangeScope(outer) }
}
