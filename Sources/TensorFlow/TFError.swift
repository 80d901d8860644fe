/// A failure that TensorFlow reported, or that was found before TensorFlow was asked.
public struct TFError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The canonical codes that TensorFlow shares with gRPC.
    public enum Code: UInt32, Hashable, Sendable {
        case cancelled = 1
        case unknown = 2
        case invalidArgument = 3
        case deadlineExceeded = 4
        case notFound = 5
        case alreadyExists = 6
        case permissionDenied = 7
        case resourceExhausted = 8
        case failedPrecondition = 9
        case aborted = 10
        /// Also the normal end of a dataset.
        case outOfRange = 11
        case unimplemented = 12
        case `internal` = 13
        case unavailable = 14
        case dataLoss = 15
        case unauthenticated = 16
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(message) (\(code))" }
}
