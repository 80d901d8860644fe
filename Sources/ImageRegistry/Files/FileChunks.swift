/// The bytes of a file, read on threads that may block.
struct FileChunks: AsyncIteratorProtocol {
    let path: String
    private let work = BlockingWork()
    private var file: OpenFile?

    init(path: String) { self.path = path }

    mutating func next(isolation actor: isolated (any Actor)?) async throws(ImageError) -> [UInt8]? {
        let (path, opened) = (path, file)
        let (file, chunk) = try await work { () throws(ImageError) in
            let file = if let opened { opened } else { try OpenFile(reading: path) }
            return (file, try file.read(atMost: LayerReader.chunkSize))
        }
        self.file = file
        return chunk.isEmpty ? nil : chunk
    }

    mutating func next() async throws(ImageError) -> [UInt8]? { try await next(isolation: nil) }
}
