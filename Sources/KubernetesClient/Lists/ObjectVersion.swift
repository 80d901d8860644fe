public import KubernetesAPI

/// Which version of which object a document is, read without the rest of it.
///
/// What we write comes back twice, as the answer and by the watch. Whoever knows a version already need not read it again.
public struct ObjectVersion: Hashable, Sendable {
    public var key: ObjectKey
    public var uid: String
    public var resourceVersion: String

    /// `nil` where it cannot be told with certainty.
    init?(of document: [UInt8], in range: Range<Int>? = nil) {
        var scanner = JSONScanner(document, in: range)
        guard let place = scanner.member("metadata") else { return nil }
        var metadata = JSONScanner(document, in: place)
        let members = metadata.members()
        func text(_ name: String) -> String? {
            guard let range = members[name], document[range].first == UInt8(ascii: "\"") else { return nil }
            let text = document[range].dropFirst().dropLast()
            // Names, uids and versions have nothing to escape.
            return text.contains(UInt8(ascii: "\\")) ? nil : String(decoding: text, as: UTF8.self)
        }
        guard metadata.isClosed, let name = text("name"), let uid = text("uid"), !uid.isEmpty,
            let resourceVersion = text("resourceVersion"), !resourceVersion.isEmpty
        else { return nil }
        key = ObjectKey(namespace: text("namespace") ?? "", name: name)
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
}
