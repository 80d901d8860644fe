/// Why the server cannot start; the exit code tells Kubernetes and people which side to look at.
public struct StartupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Exit codes of `sysexits.h`.
    public enum Reason: Int32, Hashable, Sendable {
        /// The model is damaged or not a model.
        case badModel = 65
        /// A flag, an environment variable or a folder is wrong.
        case badConfiguration = 78
    }

    public var reason: Reason
    public var message: String

    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    public var description: String { message }
}
