import NIOPosix

/// Runs calls that block on threads made for that, so that the cooperative threads stay free.
struct BlockingWork: Sendable {
    private let threads: NIOThreadPool

    init(threads: NIOThreadPool = .singleton) { self.threads = threads }

    func callAsFunction<Value: Sendable>(
        _ body: @escaping @Sendable () throws(ImageError) -> Value
    ) async throws(ImageError) -> Value {
        let result: Result<Value, ImageError>
        do {
            result = try await threads.runIfActive {
                do throws(ImageError) { return .success(try body()) } catch { return .failure(error) }
            }
        } catch {
            throw ImageError(.cancelled, "cancelled while working with files: \(error)")
        }
        return try result.get()
    }
}
