import NIOCore
import NIOHTTP1

/// One request of the controller, read to its end.
struct ProxiedRequest: Sendable {
    var head: HTTPRequestHead
    var body: ByteBuffer

    var path: String { String(head.uri.prefix { $0 != "?" }) }

    /// The parts of `/apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL/NAME/status`, or of `/api/VERSION/…`.
    private var segments: [Substring] { path.split(separator: "/") }

    private var afterNamespaces: ArraySlice<Substring> {
        segments.firstIndex(of: "namespaces").map { segments[($0 + 1)...] } ?? []
    }

    var namespace: String? { afterNamespaces.first.map(String.init) }

    /// `pods`, `tfjobs`.
    var plural: String { afterNamespaces.dropFirst().first.map(String.init) ?? "" }

    var name: String { afterNamespaces.dropFirst(2).first.map(String.init) ?? "" }

    var isStatus: Bool { afterNamespaces.dropFirst(3).first == "status" }

    /// Whether it changes an object that decisions depend on: telling people and keeping the lease are other matters.
    var isWrite: Bool {
        let verbs: [HTTPMethod] = [.POST, .PUT, .PATCH, .DELETE]
        return verbs.contains(head.method) && !["events", "leases", "tokenreviews", ""].contains(plural)
    }

    /// `PUT tfjobs/status`, for tables.
    var summary: String { "\(head.method.rawValue) \(plural)\(isStatus ? "/status" : "")" }
}
