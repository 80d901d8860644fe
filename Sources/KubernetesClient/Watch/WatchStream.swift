import HTTPTransport
public import KubernetesAPI

/// The events of one watch, read as fast as the consumer takes them.
///
/// Ends when the server ends the response, in order or not: resume from the last version. Can be iterated once.
public struct WatchStream<Object: KubernetesObject>: AsyncSequence, Sendable {
    public typealias Element = WatchEvent<Object>
    public typealias Failure = KubernetesError

    let body: HTTPBody
    let subject: String
    let isKnown: @Sendable (ObjectVersion) -> Bool

    /// Bytes of one event.
    ///
    /// An object is at most 1.5 MiB in etcd; JSON with managed fields may be several times that.
    static var maximumLineLength: Int { 16 << 20 }

    public func makeAsyncIterator() -> Iterator {
        Iterator(chunks: body.makeAsyncIterator(), subject: subject, isKnown: isKnown)
    }

    public struct Iterator: AsyncIteratorProtocol {
        var chunks: HTTPBody.Iterator
        let subject: String
        let isKnown: @Sendable (ObjectVersion) -> Bool
        private var splitter = LineSplitter(maximumLength: WatchStream.maximumLineLength)
        /// Lines that have arrived, last first.
        private var lines: [[UInt8]] = []

        init(chunks: HTTPBody.Iterator, subject: String, isKnown: @escaping @Sendable (ObjectVersion) -> Bool) {
            self.chunks = chunks
            self.subject = subject
            self.isKnown = isKnown
        }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(KubernetesError) -> WatchEvent<Object>? {
            while lines.isEmpty {
                guard let chunk = try await nextChunk(isolation: actor) else { return nil }
                do throws(LineSplitter.LineTooLong) {
                    lines = try splitter.lines(appending: chunk).reversed()
                } catch {
                    throw KubernetesError(
                        .undecodable, "\(subject): an event is longer than \(error.maximumLength) bytes")
                }
            }
            return try WatchEvent(line: lines.removeLast(), subject: subject, isKnown: isKnown)
        }

        public mutating func next() async throws(KubernetesError) -> WatchEvent<Object>? {
            try await next(isolation: nil)
        }

        private mutating func nextChunk(
            isolation actor: isolated (any Actor)?
        ) async throws(KubernetesError) -> [UInt8]? {
            do throws(HTTPTransportError) {
                return try await chunks.next(isolation: actor)
            } catch {
                throw KubernetesError(error, subject: subject)
            }
        }
    }
}

extension KubernetesClient {
    /// Opens a watch for changes after `resourceVersion`.
    ///
    /// - Parameters:
    ///   - type: The kind.
    ///   - selection: Which of its objects.
    ///   - resourceVersion: Of the list or of the last event.
    ///   - timeoutSeconds: The server ends the stream after this; by default after the client's
    ///     ``Liveness/watchTimeout``.
    ///   - isKnown: Says of which versions nobody needs to hear; they come as ``WatchEvent/known(resourceVersion:)``.
    /// - Returns: The events, once the server has accepted the watch.
    /// - Throws: `Expired` when the version is too old: list again.
    public func watch<Object: KubernetesObject>(
        _ type: Object.Type = Object.self, _ selection: Selection = .everything, resourceVersion: String,
        timeoutSeconds: Int? = nil, isKnown: @escaping @Sendable (ObjectVersion) -> Bool = { _ in false }
    ) async throws(KubernetesError) -> WatchStream<Object> {
        let request = KubernetesRequest.watch(
            Object.resource, selection, resourceVersion: resourceVersion,
            timeoutSeconds: timeoutSeconds ?? Int(liveness.watchTimeout.components.seconds))
        return WatchStream(body: try await send(request).body, subject: request.subject, isKnown: isKnown)
    }
}
