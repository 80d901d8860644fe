import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why no response came, or why its body broke off.
public struct HTTPTransportError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// The server could not be reached; the request was not sent.
        case unreachable
        /// The certificates do not fit; the request was not sent.
        case tls
        /// Nothing came in time, or nothing more came for the maximum idle time.
        case timedOut
        /// The connection broke while the request or the response was on its way.
        case closed
        /// The task was cancelled.
        case cancelled
        /// More bytes came than the caller takes.
        case tooLarge
        /// The request's own body could not be read, or was not as long as announced.
        case body
        /// The URL, a header or a certificate cannot be used.
        case invalid
        /// A redirect that must not be followed: a loop, another scheme, or a client certificate shown to another host.
        case redirect
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func tooLarge(limit: Int) -> Self { Self(.tooLarge, "the response has more than \(limit) bytes") }

    public var description: String { message }

    /// Whether another attempt may help.
    public var isTransient: Bool {
        switch code {
        case .unreachable, .timedOut, .closed: true
        case .tls, .cancelled, .tooLarge, .body, .invalid, .redirect: false
        }
    }
}

extension HTTPTransportError {
    /// Names what the HTTP library reports.
    init(_ error: any Error, url: String) {
        switch error {
        case let error as HTTPTransportError: self = error
        case is CancellationError: self.init(.cancelled, "the request to \(url) was cancelled")
        case let error as HTTPClientError: self.init(error, url: url)
        case let error as NIOSSLError: self.init(.tls, "TLS with \(url) failed: \(error)")
        case let error as NIOSSLExtraError: self.init(.tls, "TLS with \(url) failed: \(error)")
        case let error as NIOConnectionError: self.init(.unreachable, "cannot connect to \(url): \(error.reason)")
        case let error as IOError where error.isFailedConnect:
            self.init(.unreachable, "cannot connect to \(url): \(error)")
        case let error as IOError: self.init(.closed, "the connection to \(url) broke: \(error)")
        default: self.init(.closed, "the request to \(url) failed: \(error)")
        }
    }

    private init(_ error: HTTPClientError, url: String) {
        switch error {
        case .cancelled, .requestStreamCancelled: self.init(.cancelled, "the request to \(url) was cancelled")
        case .connectTimeout, .getConnectionFromPoolTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout:
            self.init(.unreachable, "cannot connect to \(url): timed out")
        case .tlsHandshakeTimeout: self.init(.unreachable, "cannot connect to \(url): the TLS handshake timed out")
        case .deadlineExceeded: self.init(.timedOut, "no response from \(url) in time")
        case .readTimeout: self.init(.timedOut, "nothing came from \(url) for too long")
        case .writeTimeout: self.init(.timedOut, "\(url) does not take what is sent to it")
        case .remoteConnectionClosed, .uncleanShutdown: self.init(.closed, "\(url) closed the connection")
        case .bodyLengthMismatch: self.init(.body, "the body for \(url) is not as long as announced")
        case .proxyAuthenticationRequired:
            self.init(.invalid, "cannot connect to \(url): the proxy wants a user and a password, or others")
        case .invalidProxyResponse: self.init(.unreachable, "cannot connect to \(url): the proxy refuses")
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath:
            self.init(.invalid, "\(url) is not a URL that can be asked")
        default: self.init(.invalid, "the request to \(url) failed: \(error.shortDescription)")
        }
    }

    /// Names an error that came out of a body's chunks.
    init(whileReading error: any Error) {
        switch error {
        case let error as HTTPTransportError: self = error
        case is CancellationError: self.init(.cancelled, "reading was cancelled")
        default: self.init(.body, "reading a body failed: \(error)")
        }
    }
}

extension IOError {
    /// Whether no connection was made, so that nothing can have been sent.
    fileprivate var isFailedConnect: Bool {
        [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENOENT, EADDRNOTAVAIL].contains(errnoCode)
    }
}

extension NIOConnectionError {
    /// What the last address answered, since they usually all answer the same.
    fileprivate var reason: String {
        if let failure = connectionErrors.last { return "\(failure.error)" }
        return dnsAError.map { "\($0)" } ?? dnsAAAAError.map { "\($0)" } ?? "\(host) has no address"
    }
}
