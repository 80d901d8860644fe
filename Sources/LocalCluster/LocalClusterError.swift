/// Why a local cluster cannot do what was asked, as a sentence for the person who asked.
public struct LocalClusterError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
