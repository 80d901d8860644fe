/// Why a text is not YAML that we read, and where.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    public var problem: String
    /// From 1.
    public var line: Int
    /// From 1.
    public var column: Int

    public init(_ problem: String, line: Int, column: Int) {
        self.problem = problem
        self.line = line
        self.column = column
    }

    public var description: String { "line \(line), column \(column): \(problem)" }
}
