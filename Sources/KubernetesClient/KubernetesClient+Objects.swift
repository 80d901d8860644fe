import HTTPTransport
public import KubernetesAPI

/// Single objects as JSON.
extension KubernetesClient {
    public func get(_ reference: Reference) async throws(KubernetesError) -> JSONValue {
        try await document(.get(reference))
    }

    @discardableResult
    public func create(_ manifest: Manifest) async throws(KubernetesError) -> JSONValue {
        try await document(.create(manifest))
    }

    /// Replaces an object; conflicts unless the body has the current `resourceVersion` or none.
    @discardableResult
    public func update(_ manifest: Manifest) async throws(KubernetesError) -> JSONValue {
        try await document(.update(manifest))
    }

    /// Replaces the status; all but `metadata.name`, `.namespace`, `.uid`, `.resourceVersion` and `status` is ignored.
    @discardableResult
    public func replaceStatus(_ manifest: Manifest) async throws(KubernetesError) -> JSONValue {
        try await document(.update(manifest, subresource: "status"))
    }

    /// Server-side apply under our field manager.
    @discardableResult
    public func apply(_ manifest: Manifest, force: Bool = true) async throws(KubernetesError) -> JSONValue {
        try await document(.apply(manifest, fieldManager: fieldManager, force: force))
    }

    @discardableResult
    public func applyStatus(_ manifest: Manifest, force: Bool = true) async throws(KubernetesError) -> JSONValue {
        try await document(.apply(manifest, fieldManager: fieldManager, force: force, subresource: "status"))
    }

    /// JSON merge patch.
    @discardableResult
    public func patch(_ reference: Reference, _ patch: JSONValue) async throws(KubernetesError) -> JSONValue {
        try await document(.mergePatch(reference, patch, fieldManager: fieldManager))
    }

    @discardableResult
    public func patchStatus(_ reference: Reference, _ patch: JSONValue) async throws(KubernetesError) -> JSONValue {
        try await document(.mergePatch(reference, patch, fieldManager: fieldManager, subresource: "status"))
    }

    /// Asks for deletion, which finalizers and grace periods may delay.
    public func delete(
        _ reference: Reference, _ options: DeleteOptions = DeleteOptions()
    ) async throws(KubernetesError) {
        // What comes back is the object or a status; neither needs to be readable.
        let request = KubernetesRequest.delete(reference, options)
        let response = try await send(request)
        do throws(HTTPTransportError) {
            _ = try await response.collect(upTo: Self.maximumResponseBytes)
        } catch {
            throw KubernetesError(error, subject: request.subject)
        }
    }
}

/// Single objects as narrow types: read only, since writing one back would drop the fields it does not know.
extension KubernetesClient {
    public func get<Object: KubernetesObject>(
        _ type: Object.Type = Object.self, _ key: ObjectKey
    ) async throws(KubernetesError) -> Object {
        let reference = Reference(Object.resource, key)
        return try await Self.decode(document(.get(reference)), subject: "get \(reference)")
    }

    public func create<Object: KubernetesObject>(
        _ manifest: Manifest, as type: Object.Type
    ) async throws(KubernetesError) -> Object {
        try await Self.decode(create(manifest), subject: "create \(manifest.reference)")
    }

    static func decode<Object: Decodable>(_ json: JSONValue, subject: String) throws(KubernetesError) -> Object {
        do {
            return try json.decode(Object.self)
        } catch let error as DecodingError {
            throw KubernetesError(.undecodable, "\(subject): \(error.sentence)")
        } catch {
            throw KubernetesError(.undecodable, "\(subject): \(error)")
        }
    }
}

extension Manifest {
    /// A complete object, such as a Lease, as a document to create or update.
    ///
    /// - Throws: `EncodingError`, for whole numbers beyond 64 bits.
    public init(encoding object: some KubernetesObject) throws {
        self.init(object.reference, try JSONValue(encoding: object))
    }
}
