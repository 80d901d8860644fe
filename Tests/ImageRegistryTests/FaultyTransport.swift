import HTTPTransport
import Synchronization

/// Passes requests on, and breaks some connections in the middle.
final class FaultyTransport: HTTPTransport {
    private let base: any HTTPTransport
    private let uploadsToBreak: Mutex<Int>
    private let downloadLimit: Int?
    private let forgetsRanges: Bool
    private let counts = Mutex((uploads: 0, downloads: 0))

    /// - Parameters:
    ///   - base: Does the sending.
    ///   - breaksUploads: How many uploads of blobs break.
    ///   - breaksDownloadsAfter: After how many bytes of a response the connection breaks; with `forgetsRanges` only once.
    ///   - forgetsRanges: Whether the server answers requests for a part with the whole.
    init(
        _ base: any HTTPTransport, breaksUploads: Int = 0, breaksDownloadsAfter: Int? = nil, forgetsRanges: Bool = false
    ) {
        self.base = base
        uploadsToBreak = Mutex(breaksUploads)
        downloadLimit = breaksDownloadsAfter
        self.forgetsRanges = forgetsRanges
    }

    var brokenUploads: Int { counts.withLock { $0.uploads } }
    var brokenDownloads: Int { counts.withLock { $0.downloads } }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        var request = request
        if request.method == .put, request.url.contains("/blobs/uploads/"), takeUpload() {
            // The registry sees half of a body and then nothing.
            request.body = HTTPBody(
                length: request.body.length,
                chunks: Truncated(base: request.body, limit: Int(request.body.length ?? 0) / 2))
            do throws(HTTPTransportError) {
                return try await base.send(request)
            } catch {
                throw HTTPTransportError(.closed, "the connection to \(request.url) broke")
            }
        }
        if forgetsRanges { request.headers["Range"] = nil }
        var response = try await base.send(request)
        if let downloadLimit, request.url.contains("/blobs/"), !forgetsRanges || brokenDownloads == 0,
            let length = response.body.length, length > Int64(downloadLimit)
        {
            counts.withLock { $0.downloads += 1 }
            response.body = HTTPBody(length: length, chunks: Truncated(base: response.body, limit: downloadLimit))
        }
        return response
    }

    private func takeUpload() -> Bool {
        let breaks = uploadsToBreak.withLock { remaining in
            remaining -= 1
            return remaining >= 0
        }
        if breaks { counts.withLock { $0.uploads += 1 } }
        return breaks
    }
}

/// Chunks up to a limit, then a broken connection.
private struct Truncated: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    let base: HTTPBody
    let limit: Int

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), remaining: limit) }

    struct Iterator: AsyncIteratorProtocol {
        var base: HTTPBody.Iterator
        var remaining: Int

        mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPTransportError) -> [UInt8]? {
            guard remaining > 0, let chunk = try await base.next(isolation: actor) else {
                throw HTTPTransportError(.closed, "the connection broke")
            }
            let piece = Array(chunk.prefix(remaining))
            remaining -= piece.count
            return piece
        }

        mutating func next() async throws(HTTPTransportError) -> [UInt8]? { try await next(isolation: nil) }
    }
}
