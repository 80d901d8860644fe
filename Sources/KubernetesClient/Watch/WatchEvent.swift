public import KubernetesAPI

/// One change that a watch reports.
public enum WatchEvent<Object: KubernetesObject>: Sendable {
    case added(Object)
    case modified(Object)
    case deleted(Object)
    /// Nothing changed up to this version.
    case bookmark(resourceVersion: String)
    /// A change of an object that is not what we expect; the watch goes on.
    case undecodable(UndecodableObject)

    /// Reads one line of a watch.
    ///
    /// - Throws: ``KubernetesError``: the error that the server reports in the stream, such as `Expired`, or
    ///   `Undecodable` for a line that is no event at all.
    init(line: [UInt8], subject: String) throws(KubernetesError) {
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: line)
        } catch {
            throw KubernetesError(.undecodable, "\(subject): an event is \(error)")
        }
        guard let type = json["type"]?.stringValue, let object = json["object"] else {
            throw KubernetesError(.undecodable, "\(subject): a line is no event")
        }
        switch type {
        case "ERROR": throw KubernetesError(status: 500, body: object, subject: subject)
        case "BOOKMARK":
            self = .bookmark(resourceVersion: object["metadata"]?["resourceVersion"]?.stringValue ?? "")
        case "ADDED", "MODIFIED", "DELETED":
            self =
                switch (decodeObject(Object.self, object), type) {
                case (.failure(let error), _): .undecodable(error)
                case (.success(let object), "ADDED"): .added(object)
                case (.success(let object), "DELETED"): .deleted(object)
                case (.success(let object), _): .modified(object)
                }
        default: throw KubernetesError(.undecodable, "\(subject): the event type \(type) is unknown")
        }
    }

    /// Where a watch that breaks after this event is resumed; empty when the event does not say.
    public var resourceVersion: String {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object): object.metadata.resourceVersion
        case .bookmark(let resourceVersion): resourceVersion
        case .undecodable(let object): object.resourceVersion
        }
    }
}
