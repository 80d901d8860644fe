public import KubernetesAPI

/// One change that a watch reports.
public enum WatchEvent<Object: KubernetesObject>: Sendable {
    case added(Object)
    case modified(Object)
    case deleted(Object)
    /// Nothing changed up to this version.
    case bookmark(resourceVersion: String)
    /// A version of an object that the reader knows already, such as one that it has written itself.
    case known(resourceVersion: String)
    /// A change of an object that is not what we expect; the watch goes on.
    case undecodable(UndecodableObject)

    /// Reads one line of a watch.
    ///
    /// - Parameters:
    ///   - line: Without its line feed.
    ///   - subject: For errors.
    ///   - isKnown: Says of which versions of objects nobody needs to hear.
    /// - Throws: ``KubernetesError``: the error that the server reports in the stream, such as `Expired`, or
    ///   `Undecodable` for a line that is no event at all.
    init(
        line: [UInt8], subject: String, isKnown: (ObjectVersion) -> Bool = { _ in false }
    ) throws(KubernetesError) {
        // The parts of an event are read apart: an object that the parser refuses must not end the watch, since the
        // next one would begin with it again.
        var scanner = JSONScanner(line)
        let members = scanner.members()
        guard let type = members["type"].flatMap({ try? JSONValue(parsing: line[$0]) })?.stringValue,
            let object = members["object"]
        else { throw KubernetesError(.undecodable, "\(subject): a line is no event") }
        switch type {
        case "ERROR":
            throw KubernetesError(status: 500, body: try? JSONValue(parsing: line[object]), subject: subject)
        case "BOOKMARK":
            let json = try? JSONValue(parsing: line[object])
            self = .bookmark(resourceVersion: json?["metadata"]?["resourceVersion"]?.stringValue ?? "")
        case "ADDED", "MODIFIED", "DELETED":
            if type != "DELETED", let version = ObjectVersion(of: line, in: object), isKnown(version) {
                self = .known(resourceVersion: version.resourceVersion)
                return
            }
            switch (decodeObject(Object.self, line, in: object), type) {
            case (.failure(var error), _):
                error.isDeleted = type == "DELETED"
                self = .undecodable(error)
            case (.success(let object), "ADDED"): self = .added(object)
            case (.success(let object), "DELETED"): self = .deleted(object)
            case (.success(let object), _): self = .modified(object)
            }
        default: throw KubernetesError(.undecodable, "\(subject): the event type \(type) is unknown")
        }
    }

    /// Where a watch that breaks after this event is resumed; empty when the event does not say.
    public var resourceVersion: String {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object): object.metadata.resourceVersion
        case .bookmark(let resourceVersion), .known(let resourceVersion): resourceVersion
        case .undecodable(let object): object.resourceVersion
        }
    }
}
