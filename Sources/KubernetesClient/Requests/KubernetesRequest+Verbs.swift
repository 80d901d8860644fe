import HTTPTransport
public import KubernetesAPI

extension KubernetesRequest {
    public static func get(_ reference: Reference, subresource: String? = nil) -> Self {
        Self(
            .get, path: path(reference, subresource: subresource), subject: "get \(subject(reference, subresource))")
    }

    /// One page of a list.
    ///
    /// - Parameters:
    ///   - resource: The kind.
    ///   - selection: Which of its objects.
    ///   - limit: Objects a page; `nil` asks for all at once.
    ///   - continueToken: From the page before.
    /// - Returns: The request.
    public static func list(
        _ resource: Resource, _ selection: Selection = .everything, limit: Int? = 500, continueToken: String? = nil
    ) -> Self {
        var request = Self(
            .get, path: path(resource, namespace: selection.namespace),
            subject: "list \(resource.kind)\(selection.suffix)")
        request.add(selection)
        request.add("limit", limit.map(String.init))
        request.add("continue", continueToken)
        request.timeout = .seconds(60)
        return request
    }

    /// Changes after `resourceVersion`.
    ///
    /// - Parameters:
    ///   - resource: The kind.
    ///   - selection: Which of its objects.
    ///   - resourceVersion: Of the list or of the last event.
    ///   - timeoutSeconds: The server ends the stream after this. Shorter than the transport's maximum idle time, so that
    ///     a quiet watch ends in order and silence means a dead connection.
    /// - Returns: The request.
    public static func watch(
        _ resource: Resource, _ selection: Selection = .everything, resourceVersion: String, timeoutSeconds: Int = 30
    ) -> Self {
        var request = Self(
            .get, path: path(resource, namespace: selection.namespace),
            subject: "watch \(resource.kind)\(selection.suffix)")
        request.add("watch", "true")
        request.add(selection)
        request.add("resourceVersion", resourceVersion)
        request.add("allowWatchBookmarks", "true")
        request.add("timeoutSeconds", String(timeoutSeconds))
        // The server answers at once and sends events later.
        request.timeout = .seconds(15)
        return request
    }

    /// Creates an object.
    ///
    /// - Parameters:
    ///   - manifest: The object.
    ///   - fieldManager: Who owns its fields; `nil` leaves it to the server, which takes the program's name.
    /// - Returns: The request.
    public static func create(_ manifest: Manifest, fieldManager: String? = nil) -> Self {
        let reference = manifest.reference
        var request = Self(
            .post, path: path(reference.resource, namespace: reference.key.namespace), subject: "create \(reference)")
        request.add("fieldManager", fieldManager)
        request.body = manifest.body
        return request
    }

    /// Replaces an object; conflicts unless the body has the current `resourceVersion` or none.
    public static func update(_ manifest: Manifest, subresource: String? = nil) -> Self {
        var request = Self(
            .put, path: path(manifest.reference, subresource: subresource),
            subject: "update \(subject(manifest.reference, subresource))")
        request.body = manifest.body
        return request
    }

    /// Server-side apply.
    ///
    /// - Parameters:
    ///   - manifest: The fields that the manager wants to own.
    ///   - fieldManager: Who owns them.
    ///   - force: Take fields over from other managers instead of conflicting.
    ///   - subresource: `status`, or `nil` for the object itself.
    /// - Returns: The request.
    public static func apply(
        _ manifest: Manifest, fieldManager: String, force: Bool, subresource: String? = nil
    ) -> Self {
        var request = Self(
            .patch, path: path(manifest.reference, subresource: subresource),
            subject: "apply \(subject(manifest.reference, subresource))")
        request.add("fieldManager", fieldManager)
        request.add("force", force ? "true" : "false")
        request.contentType = .apply
        request.body = manifest.body
        return request
    }

    /// JSON merge patch (RFC 7396): `null` removes a member, arrays are replaced whole.
    public static func mergePatch(
        _ reference: Reference, _ patch: JSONValue, fieldManager: String, subresource: String? = nil
    ) -> Self {
        var request = Self(
            .patch, path: path(reference, subresource: subresource),
            subject: "patch \(subject(reference, subresource))")
        request.add("fieldManager", fieldManager)
        request.contentType = .mergePatch
        request.body = patch
        return request
    }

    public static func delete(_ reference: Reference, _ options: DeleteOptions = DeleteOptions()) -> Self {
        var request = Self(.delete, path: path(reference), subject: "delete \(reference)")
        var preconditions = JSONValue.object([:])
        if let uid = options.uid { preconditions["uid"] = .string(uid) }
        if let version = options.resourceVersion { preconditions["resourceVersion"] = .string(version) }
        request.body = JSONValue(compacting: [
            "apiVersion": "v1", "kind": "DeleteOptions",
            "preconditions": preconditions == [:] ? nil : preconditions,
            "propagationPolicy": options.propagation.map { .string($0.rawValue) },
            "gracePeriodSeconds": options.gracePeriodSeconds.map { JSONValue($0) },
        ])
        return request
    }

    public static func log(_ pod: ObjectKey, _ options: LogOptions = LogOptions()) -> Self {
        let reference = Reference(Pod.resource, pod)
        var request = Self(.get, path: path(reference, subresource: "log"), subject: "read the log of \(reference)")
        request.add("container", options.container)
        request.add("follow", options.follow ? "true" : nil)
        request.add("tailLines", options.tailLines.map(String.init))
        request.add("sinceSeconds", options.sinceSeconds.map(String.init))
        request.add("limitBytes", options.limitBytes.map(String.init))
        request.add("previous", options.previous ? "true" : nil)
        request.add("timestamps", options.timestamps ? "true" : nil)
        request.mayBeIdle = options.follow
        return request
    }

    /// Asks for a token of a service account.
    public static func token(
        serviceAccount: ObjectKey, audiences: [String], expirationSeconds: Int
    ) -> Self {
        let path =
            "/api/v1/namespaces/\(percentEncoded(serviceAccount.namespace))/serviceaccounts/"
            + "\(percentEncoded(serviceAccount.name))/token"
        var request = Self(.post, path: path, subject: "request a token of ServiceAccount \(serviceAccount)")
        request.body = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": [
                "audiences": .array(audiences.map { .string($0) }), "expirationSeconds": JSONValue(expirationSeconds),
            ],
        ]
        return request
    }

    private mutating func add(_ selection: Selection) {
        add("labelSelector", selection.labelSelector)
        add("fieldSelector", selection.fieldSelector)
    }

    private static func path(_ resource: Resource, namespace: String?) -> String {
        let root = resource.group.isEmpty ? "/api" : "/apis/\(resource.group)"
        let scope = namespace.flatMap { $0.isEmpty ? nil : "/namespaces/\(percentEncoded($0))" } ?? ""
        return "\(root)/\(resource.version)\(resource.isNamespaced ? scope : "")/\(resource.plural)"
    }

    private static func path(_ reference: Reference, subresource: String? = nil) -> String {
        path(reference.resource, namespace: reference.key.namespace) + "/\(percentEncoded(reference.key.name))"
            + (subresource.map { "/\($0)" } ?? "")
    }

    private static func subject(_ reference: Reference, _ subresource: String?) -> String {
        subresource.map { "\($0) of \(reference)" } ?? "\(reference)"
    }
}

extension Selection {
    /// For error messages.
    fileprivate var suffix: String { namespace.map { " in \($0)" } ?? "" }
}
