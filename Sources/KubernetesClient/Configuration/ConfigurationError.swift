/// Why a kubeconfig or the in-cluster files cannot be used; the message says what to change.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
