import HTTPTransport
import Synchronization

extension RegistryRepository {
    /// Stores a blob: not at all if it is there, without sending it if the registry has it elsewhere, else in one request.
    ///
    /// An upload that fails in passing starts again from the beginning.
    public func store(_ blob: Blob) async throws(ImageError) -> BlobOutcome {
        if try await contains(blob.descriptor.digest) { return .present }
        var attempt = 1
        while true {
            do throws(ImageError) {
                return try await upload(blob)
            } catch {
                guard error.code == .unavailable, try await client.waitBeforeRepeating(attempt: attempt) else {
                    throw error.during("uploading \(blob.name)")
                }
                attempt += 1
            }
        }
    }

    private func upload(_ blob: Blob) async throws(ImageError) -> BlobOutcome {
        if let mounted = try await mount(blob) {
            if mounted.status == 201 { return .mounted }
            return try await send(blob, to: location(of: mounted))
        }
        let request = HTTPRequest(.post, endpoint.url(name, "blobs/uploads/"))
        let response = try await client.send(request, to: endpoint, scopes: [.push(name)])
        guard response.status == 202 else {
            throw await failure(response, missing: "repository \(endpoint.registry)/\(name) cannot be written to")
        }
        return try await send(blob, to: location(of: response))
    }

    /// Asks the registry to take the blob over from another of its repositories.
    ///
    /// - Returns: 201 when it did, 202 when it opened an upload instead, `nil` when there is nothing to ask for.
    private func mount(_ blob: Blob) async throws(ImageError) -> HTTPResponse? {
        guard let origin = blob.origin, origin.registry == endpoint.registry, origin.repository != name else {
            return nil
        }
        let query = URLQuery.encode([("mount", blob.descriptor.digest.description), ("from", origin.repository)])
        let request = HTTPRequest(.post, endpoint.url(name, "blobs/uploads/?\(query)"))
        do throws(ImageError) {
            let scopes: [RegistryAuthorizer.Scope] = [.push(name), .pull(origin.repository)]
            let response = try await client.send(request, to: endpoint, scopes: scopes)
            return response.status == 201 || response.status == 202 ? response : nil
        } catch {
            // Someone who may read the one and write the other repository may still not be allowed to mount.
            guard error.code == .denied else { throw error }
            return nil
        }
    }

    private func location(of response: HTTPResponse) throws(ImageError) -> String {
        guard let location = response.headers["location"] else {
            throw ImageError(.unavailable, "registry \(endpoint.registry) opened an upload but does not say where")
        }
        return try endpoint.resolve(location)
    }

    private func send(_ blob: Blob, to location: String) async throws(ImageError) -> BlobOutcome {
        let separator = location.contains("?") ? "&" : "?"
        let url = location + separator + URLQuery.encode([("digest", blob.descriptor.digest.description)])
        let reading = RecordingBlob(blob: blob)
        let request = HTTPRequest(
            .put, url, headers: ["Content-Type": "application/octet-stream"],
            body: HTTPBody(length: blob.descriptor.size, chunks: reading), timeout: nil)
        do throws(ImageError) {
            let response = try await client.sendOnce(request, to: endpoint, scopes: [.push(name)])
            guard response.status == 201 || response.status == 204 else {
                throw await failure(response, missing: "the upload is no longer known to the registry")
            }
            return .sent
        } catch {
            throw reading.record.error ?? error
        }
    }
}

/// A blob that remembers why reading it failed, since the transport only knows that it did.
private struct RecordingBlob: AsyncSequence, Sendable {
    typealias Element = [UInt8]

    final class Record: Sendable {
        private let recorded = Mutex<ImageError?>(nil)
        var error: ImageError? { recorded.withLock { $0 } }
        func note(_ error: ImageError) { recorded.withLock { $0 = error } }
    }

    let blob: Blob
    let record = Record()

    func makeAsyncIterator() -> Iterator { Iterator(base: blob.makeAsyncIterator(), record: record) }

    struct Iterator: AsyncIteratorProtocol {
        var base: Blob.Iterator
        let record: Record

        mutating func next(isolation actor: isolated (any Actor)?) async throws(ImageError) -> [UInt8]? {
            do throws(ImageError) {
                return try await base.next(isolation: actor)
            } catch {
                record.note(error)
                throw error
            }
        }

        mutating func next() async throws(ImageError) -> [UInt8]? { try await next(isolation: nil) }
    }
}
