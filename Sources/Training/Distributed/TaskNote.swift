import TensorFlow

/// A short text that a task keeps in its server, where other tasks read and write it.
///
/// TensorFlow's servers are all that the tasks have in common, so they carry what has to be said beside the training.
struct TaskNote {
    enum Name: String {
        /// What the task is ready to do: ``TaskAnnouncement``.
        case announcement
        /// Why the task is not needed any more.
        case ending
    }

    private let session: Session
    private let handle: Output
    private let isWritten: Output
    private let content: Output
    private let newText: Output
    private let write: Operation

    /// Reaches the note of `task` by way of this process's own server.
    ///
    /// Calls fail with `deadlineExceeded` after `timeout` milliseconds.
    init(_ name: Name, of task: ClusterTask, by own: ClusterTask, target: String, timeout: Int) throws(TFError) {
        let graph = Graph()
        let outer = graph.enter(GraphScope(device: task.device))
        defer { graph.leave(to: outer) }
        handle = try graph.add(
            "VarHandleOp", name: name.rawValue, [],
            attributes: [
                "dtype": .type(.string), "shape": .shape(.scalar), "shared_name": .string("aerie/\(name.rawValue)"),
                "container": .string(""),
            ]
        ).output
        isWritten = try graph.add("VarIsInitializedOp", handle).output
        content = try graph.add("ReadVariableOp", handle, attributes: ["dtype": .type(.string)]).output
        newText = try graph.placeholder(.string, shape: .scalar)
        write = try graph.add("AssignVariableOp", handle, newText, attributes: ["dtype": .type(.string)])
        var configuration = SessionConfiguration()
        configuration.deviceFilters = Set([own.filter, task.filter]).sorted()
        configuration.operationTimeout = timeout
        session = try Session(graph, configuration: configuration, target: target)
    }

    /// `nil` while nobody has written anything.
    func read() throws(TFError) -> String? {
        do { return try text() } catch {
            session.abandon()
            throw error
        }
    }

    private func text() throws(TFError) -> String? {
        guard try session.run(fetch: isWritten).scalar(of: Bool.self) else { return nil }
        return try session.run(fetch: content).strings().first
    }

    func write(_ text: String) throws(TFError) {
        do { try session.run(feeds: [newText: Tensor(string: text)], targets: [write]) } catch {
            session.abandon()
            throw error
        }
    }
}
