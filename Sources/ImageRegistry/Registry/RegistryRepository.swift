import HTTPTransport

/// One repository of a registry, to read images from and to write them to.
public struct RegistryRepository: ImageSource, ImageDestination {
    let client: RegistryClient
    let endpoint: RegistryEndpoint
    /// Without the registry.
    let name: String

    private var fullName: String { "\(endpoint.registry)/\(name)" }

    public func document(_ tagOrDigest: String) async throws(ImageError) -> Document {
        let what = "\(fullName)\(tagOrDigest.contains(":") ? "@" : ":")\(tagOrDigest)"
        let request = HTTPRequest(
            .get, endpoint.url(name, "manifests/\(tagOrDigest)"),
            headers: HTTPHeaders(MediaType.manifests.map { .init(name: "Accept", value: $0) }), followsRedirects: true)
        let response = try await client.send(request, to: endpoint, scopes: [.pull(name)])
        guard response.isSuccess else {
            throw await failure(response, missing: "image \(what) does not exist")
        }
        let document: Document
        do throws(HTTPTransportError) {
            document = Document(
                mediaType: response.mediaType,
                bytes: try await response.collect(upTo: Int(ResolvedImage.maximumDocumentSize)))
        } catch {
            throw ImageError(error, registry: endpoint.registry).during("reading the manifest of \(what)")
        }
        if tagOrDigest.contains(":") { try document.verify(is: Digest(tagOrDigest), name: "manifest of \(fullName)") }
        if let announced = response.headers["docker-content-digest"], announced.hasPrefix("sha256:") {
            try document.verify(is: Digest(announced), name: "manifest of \(what)")
        }
        guard MediaType.manifests.contains(document.mediaType) else {
            throw ImageError(.unsupported, "the manifest of \(what) has the media type '\(document.mediaType)'")
        }
        return document
    }

    public func blob(_ descriptor: Descriptor, name kind: String) -> Blob {
        Blob(
            descriptor, name: "\(kind) \(descriptor.digest)",
            origin: ImageReference(registry: endpoint.registry, repository: name)
        ) {
            RegistryDownload(repository: self, descriptor: descriptor)
        }
    }

    public func contains(_ digest: Digest) async throws(ImageError) -> Bool {
        let request = HTTPRequest(.head, endpoint.url(name, "blobs/\(digest)"), followsRedirects: true)
        let response = try await client.send(request, to: endpoint, scopes: [.push(name)])
        guard response.isSuccess || response.status == 404 else { throw await failure(response, missing: "") }
        return response.isSuccess
    }

    public func store(_ document: Document, tag: String?) async throws(ImageError) {
        let request = HTTPRequest(
            .put, endpoint.url(name, "manifests/\(tag ?? document.digest.description)"),
            headers: ["Content-Type": document.mediaType], body: HTTPBody(document.bytes))
        let response = try await client.send(request, to: endpoint, scopes: [.push(name)])
        guard response.isSuccess else {
            throw await failure(response, missing: "repository \(fullName) cannot be written to")
        }
        if let stored = response.headers["docker-content-digest"] {
            try document.verify(is: Digest(stored), name: "manifest stored in \(fullName)")
        }
    }

    /// An error for a status that is no success.
    func failure(_ response: HTTPResponse, missing: String) async -> ImageError {
        let problem = await RegistryProblem(response)
        guard response.status == 404 else {
            return problem.error(.invalidContent, from: endpoint.registry).during("repository \(fullName)")
        }
        return ImageError(.notFound, missing).adding(problem)
    }
}

extension HTTPResponse {
    /// Without parameters such as `charset`.
    fileprivate var mediaType: String {
        let field = headers["content-type"] ?? ""
        return String(field.prefix { $0 != ";" }).filter { $0 != " " }
    }
}
