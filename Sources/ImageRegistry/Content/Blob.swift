/// Content that is known by its digest and can be read any number of times.
///
/// Every reading verifies: the last step throws ``ImageError/Code/digestMismatch`` when the bytes are not those of the
/// descriptor, so nothing read may be trusted before the reading has ended without an error.
public struct Blob: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = ImageError
    typealias Chunks = any AsyncIteratorProtocol<[UInt8], ImageError>

    public let descriptor: Descriptor
    /// What it is and where it comes from, for errors.
    public let name: String
    /// The registry and repository that have it, from where another repository of that registry may take it over.
    public let origin: ImageReference?
    private let open: @Sendable () -> Chunks

    init(
        _ descriptor: Descriptor, name: String, origin: ImageReference? = nil,
        open: @escaping @Sendable () -> Chunks
    ) {
        self.descriptor = descriptor
        self.name = name
        self.origin = origin
        self.open = open
    }

    /// A document, already in memory.
    public init(_ document: Document, name: String) {
        self.init(document.descriptor, name: name) { SingleChunk(bytes: document.bytes) }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(chunks: open(), descriptor: descriptor, name: name)
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var chunks: Chunks
        fileprivate let descriptor: Descriptor
        fileprivate let name: String
        private var hasher = DigestHasher()

        fileprivate init(chunks: Chunks, descriptor: Descriptor, name: String) {
            self.chunks = chunks
            self.descriptor = descriptor
            self.name = name
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ImageError) -> [UInt8]? {
            if let chunk = try await chunks.next(isolation: actor) {
                hasher.update(chunk)
                guard hasher.count <= descriptor.size else {
                    throw ImageError(
                        .digestMismatch, "\(name) has more than the \(descriptor.size) bytes that its descriptor says")
                }
                return chunk
            }
            guard hasher.count == descriptor.size else {
                throw ImageError(
                    .digestMismatch, "\(name) has \(hasher.count) bytes; its descriptor says \(descriptor.size)")
            }
            let actual = hasher.finalize()
            guard actual == descriptor.digest else {
                throw .mismatch(name, expected: descriptor.digest, actual: actual)
            }
            return nil
        }

        public mutating func next() async throws(ImageError) -> [UInt8]? { try await next(isolation: nil) }
    }

    /// All bytes, verified.
    ///
    /// - Throws: ``ImageError/Code/invalidContent`` for more than `limit` bytes.
    func collect(upTo limit: Int64) async throws(ImageError) -> [UInt8] {
        guard descriptor.size <= limit else {
            throw ImageError(.invalidContent, "\(name) has \(descriptor.size) bytes, more than \(limit)")
        }
        var bytes: [UInt8] = []
        var iterator = makeAsyncIterator()
        while let chunk = try await iterator.next() { bytes += chunk }
        return bytes
    }
}

private struct SingleChunk: AsyncIteratorProtocol {
    var bytes: [UInt8]?

    mutating func next() async throws(ImageError) -> [UInt8]? {
        defer { bytes = nil }
        return bytes
    }
}
