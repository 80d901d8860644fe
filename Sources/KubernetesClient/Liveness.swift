/// How soon a connection counts as dead on which packets vanish without a trace.
///
/// A quiet watch looks like a dead one. So the server is asked to end each watch in order after a short while, and a
/// watch that is silent for longer than that is given up. With the default values a watch that goes dead is open again
/// on another connection within 60 seconds: at most 40 of silence, and 10 to connect.
public struct Liveness: Hashable, Sendable {
    /// The server ends a watch after this, in whole seconds; another one then goes on where it ended.
    public var watchTimeout: Duration
    /// A response that brings no byte for this long is given up; longer than ``watchTimeout`` by what a server may take
    /// to end a watch.
    public var maximumSilence: Duration
    /// For the TCP connection and the TLS handshake.
    public var connectTimeout: Duration

    public init(
        watchTimeout: Duration = .seconds(30), maximumSilence: Duration = .seconds(40),
        connectTimeout: Duration = .seconds(10)
    ) {
        self.watchTimeout = watchTimeout
        self.maximumSilence = maximumSilence
        self.connectTimeout = connectTimeout
    }
}
