import HTTPTransport

/// The bytes of a blob; a download that breaks off goes on where it was.
struct RegistryDownload: AsyncIteratorProtocol {
    let repository: RegistryRepository
    let descriptor: Descriptor
    private var body: HTTPBody.Iterator?
    private var offset: Int64 = 0
    /// Bytes that come again because the server ignored where we wanted to go on.
    private var known: Int64 = 0
    /// Attempts since the last byte came.
    private var attempt = 1

    init(repository: RegistryRepository, descriptor: Descriptor) {
        self.repository = repository
        self.descriptor = descriptor
    }

    mutating func next(isolation actor: isolated (any Actor)?) async throws(ImageError) -> [UInt8]? {
        while true {
            if body == nil {
                let response = try await Self.open(repository, descriptor.digest, from: offset)
                known = response.status == 206 ? 0 : offset
                body = response.body.makeAsyncIterator()
            }
            do throws(HTTPTransportError) {
                let chunk = try await body?.next(isolation: actor)
                guard let chunk else { return nil }
                let repeated = Int(min(known, Int64(chunk.count)))
                known -= Int64(repeated)
                guard repeated < chunk.count else { continue }
                offset += Int64(chunk.count - repeated)
                attempt = 1
                return repeated == 0 ? chunk : Array(chunk.dropFirst(repeated))
            } catch {
                body = nil
                guard error.isTransient, try await repository.client.waitBeforeRepeating(attempt: attempt) else {
                    throw ImageError(error, registry: repository.endpoint.registry)
                        .during("after \(offset) of \(descriptor.size) bytes of \(descriptor.digest)")
                }
                attempt += 1
            }
        }
    }

    mutating func next() async throws(ImageError) -> [UInt8]? { try await next(isolation: nil) }

    private static func open(
        _ repository: RegistryRepository, _ digest: Digest, from offset: Int64
    ) async throws(ImageError) -> HTTPResponse {
        var request = HTTPRequest(
            .get, repository.endpoint.url(repository.name, "blobs/\(digest)"), followsRedirects: true)
        if offset > 0 { request.headers["Range"] = "bytes=\(offset)-" }
        let response = try await repository.client.send(
            request, to: repository.endpoint, scopes: [.pull(repository.name)])
        guard response.isSuccess else {
            let missing = "\(repository.endpoint.registry)/\(repository.name) has no blob \(digest)"
            throw await repository.failure(response, missing: missing)
        }
        return response
    }
}
