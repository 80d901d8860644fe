public import KubernetesAPI

/// The answer to a write, read only when somebody needs what it says.
public struct ObjectDocument: Sendable {
    private let bytes: [UInt8]
    private let status: Int
    private let subject: String

    init(_ bytes: [UInt8], status: Int, subject: String) {
        self.bytes = bytes
        self.status = status
        self.subject = subject
    }

    /// Which version of which object it is; `nil` for anything but an object.
    public var version: ObjectVersion? { ObjectVersion(of: bytes) }

    /// - Throws: `Undecodable` for what is no JSON.
    public func parsed() throws(KubernetesError) -> JSONValue {
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw KubernetesError(.undecodable, "\(subject): \(error)", code: status)
        }
    }
}
