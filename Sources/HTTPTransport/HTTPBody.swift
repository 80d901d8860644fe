/// The bytes of a request or response, chunk by chunk, at the pace of the reader.
///
/// A body made of bytes may be read any number of times; one made of a sequence as often as that sequence allows (a
/// response's only once).
public struct HTTPBody: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = HTTPTransportError

    private enum Content: Sendable {
        case bytes([UInt8])
        case chunks(@Sendable () -> any AsyncIteratorProtocol<[UInt8], HTTPTransportError>)
    }

    private let content: Content
    /// In bytes; `nil` while unknown, which sends a chunked request.
    public let length: Int64?

    public static let empty = HTTPBody([])

    public init(_ bytes: [UInt8]) {
        content = .bytes(bytes)
        length = Int64(bytes.count)
    }

    /// A body that is produced while it is sent, such as a file of a gigabyte.
    ///
    /// - Parameters:
    ///   - length: In bytes. Sending fails when the chunks add up to anything else.
    ///   - chunks: Read once for every time the request is sent. An error ends the request with
    ///     ``HTTPTransportError/Code/body``.
    public init<Chunks: AsyncSequence & Sendable>(length: Int64?, chunks: Chunks) where Chunks.Element == [UInt8] {
        self.length = length
        content = .chunks { ChunkIterator(base: chunks.makeAsyncIterator()) }
    }

    /// The bytes, if they are all there already.
    public var bytes: [UInt8]? {
        guard case .bytes(let bytes) = content else { return nil }
        return bytes
    }

    public var isEmpty: Bool { length == 0 }

    public func makeAsyncIterator() -> Iterator {
        switch content {
        case .bytes(let bytes): Iterator(base: ChunkIterator(base: SingleChunk(bytes: bytes.isEmpty ? nil : bytes)))
        case .chunks(let make): Iterator(base: make())
        }
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: any AsyncIteratorProtocol<[UInt8], HTTPTransportError>

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(HTTPTransportError) -> [UInt8]? {
            try await base.next(isolation: actor)
        }

        public mutating func next() async throws(HTTPTransportError) -> [UInt8]? {
            try await next(isolation: nil)
        }
    }

    /// All bytes at once.
    ///
    /// - Throws: ``HTTPTransportError/Code/tooLarge`` as soon as more than `limit` bytes arrived.
    public func collect(upTo limit: Int) async throws(HTTPTransportError) -> [UInt8] {
        if let length, length > Int64(limit) { throw .tooLarge(limit: limit) }
        if let bytes { return bytes }
        var collected: [UInt8] = []
        collected.reserveCapacity(Int(length ?? 0))
        var iterator = makeAsyncIterator()
        while let chunk = try await iterator.next() {
            guard collected.count + chunk.count <= limit else { throw .tooLarge(limit: limit) }
            collected += chunk
        }
        return collected
    }
}

/// Turns every error of another iterator into the transport's own.
private struct ChunkIterator<Base: AsyncIteratorProtocol>: AsyncIteratorProtocol where Base.Element == [UInt8] {
    var base: Base

    mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPTransportError) -> [UInt8]? {
        do {
            return try await base.next(isolation: actor)
        } catch {
            throw HTTPTransportError(whileReading: error)
        }
    }

    mutating func next() async throws(HTTPTransportError) -> [UInt8]? { try await next(isolation: nil) }
}

private struct SingleChunk: AsyncIteratorProtocol {
    var bytes: [UInt8]?

    mutating func next() async -> [UInt8]? {
        defer { bytes = nil }
        return bytes
    }
}
