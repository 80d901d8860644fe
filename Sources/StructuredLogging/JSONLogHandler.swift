import FoundationEssentials
import KubernetesAPI
public import Logging

#if canImport(Glibc)
    import Glibc
#endif

/// Writes each log entry as one line of JSON: `time`, `level`, `message`, and the entry's metadata as further members.
public struct JSONLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var logLevel: Logger.Level
    private let write: @Sendable ([UInt8]) -> Void
    private let now: @Sendable () -> MicroTime

    /// - Parameters:
    ///   - level: the least important entries that are written.
    ///   - write: is given one line, with its end; by default it goes to the standard error in one piece.
    public init(level: Logger.Level, write: @escaping @Sendable ([UInt8]) -> Void = JSONLogHandler.writeToStandardError)
    {
        logLevel = level
        self.write = write
        now = { MicroTime(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var members = metadata.merging(event.metadata ?? [:]) { _, new in new }.mapValues(Self.json)
        members["time"] = JSONValue(now().description)
        members["level"] = JSONValue(event.level.rawValue)
        members["message"] = JSONValue(event.message.description)
        write(JSONValue.object(members).serialized + [UInt8(ascii: "\n")])
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): JSONValue(text)
        case .stringConvertible(let number as any BinaryInteger): .integer(Int64(clamping: number))
        case .stringConvertible(let number as Double): .number(number)
        case .stringConvertible(let other): JSONValue(other.description)
        case .array(let values): .array(values.map(json))
        case .dictionary(let members): .object(members.mapValues(json))
        }
    }

    /// Writes all of it at once, so that lines of several threads do not mix.
    ///
    /// What cannot be written is lost: a log is
    /// nothing to stop for.
    public static let writeToStandardError: @Sendable ([UInt8]) -> Void = { line in
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
