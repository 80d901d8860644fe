/// A response whose head has arrived.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    /// Read it to the end or drop it: dropping closes the connection.
    public var body: HTTPBody

    public init(status: Int = 200, headers: HTTPHeaders = [:], body: HTTPBody = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// All bytes of the body.
    ///
    /// - Throws: ``HTTPTransportError/Code/tooLarge`` as soon as more than `limit` bytes arrived.
    public func collect(upTo limit: Int) async throws(HTTPTransportError) -> [UInt8] {
        try await body.collect(upTo: limit)
    }

    /// The server's `Retry-After` when given in seconds; the form with a date is ignored.
    public var retryAfter: Duration? {
        headers["retry-after"].flatMap { Int64($0) }.flatMap { $0 >= 0 ? .seconds(min($0, 3_600)) : nil }
    }
}
