import HTTPTypes
import Hummingbird
import HummingbirdTLS
import KubernetesAPI
import Logging
import NIOCore
import NIOSSL

/// The kubelet's HTTPS endpoints that the API server needs for `kubectl logs`, and health.
///
/// Only holders of a certificate of the cluster's authority get in: the API server itself.
struct KubeletServer: Sendable {
    /// What the endpoints tell about.
    protocol Source: Sendable {
        /// The file of a container's log; `previous` means the run before the newest.
        ///
        /// Throws ``LocalClusterError`` when there is no such pod, container or run.
        func log(pod: ObjectKey, container: String, previous: Bool) throws -> LogSource
        /// A PodList of what runs here.
        var pods: JSONValue { get }
    }

    /// Where a log is and whether it may still grow.
    struct LogSource: Sendable {
        var path: String
        var isRunning: @Sendable () -> Bool
    }

    let port: Int
    let state: StateDirectory
    let source: any Source
    let now: @Sendable () -> MicroTime
    let logger: Logger

    /// Serves until cancelled; `started` is called when the port is open.
    func run(started: @escaping @Sendable () -> Void) async throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(state.certificate("kubelet")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: state.key("kubelet"), format: .pem)))
        configuration.trustRoots = .file(state.certificate("ca"))
        configuration.certificateVerification = .noHostnameVerification
        configuration.minimumTLSVersion = .tlsv12
        var quiet = logger
        quiet.logLevel = .warning
        let application = Application(
            router: router, server: try .tls(.http1(), tlsConfiguration: configuration),
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { _ in started() }, logger: quiet)
        try await application.run()
    }

    private var router: Router<BasicRequestContext> {
        let router = Router()
        router.get("/healthz") { _, _ in "ok" }
        router.get("/pods") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: source.pods.serialized)))
        }
        router.get("/containerLogs/:namespace/:pod/:container") { request, context in
            try log(
                pod: ObjectKey(
                    namespace: try context.parameters.require("namespace"), name: try context.parameters.require("pod")),
                container: try context.parameters.require("container"), query: request.uri.queryParameters)
        }
        return router
    }

    private func log(pod: ObjectKey, container: String, query: Parameters) throws -> Response {
        let isTrue = { (name: Substring) in query[name].map { $0 != "false" && $0 != "0" } ?? false }
        var options = LogReader.Options()
        options.follow = isTrue("follow")
        options.timestamps = isTrue("timestamps")
        options.tailLines = query["tailLines"].flatMap { Int($0) }
        options.limitBytes = query["limitBytes"].flatMap { Int($0) }
        if let seconds = query["sinceSeconds"].flatMap({ Int64($0) }) {
            // Nothing is older than ten years, and a larger number of seconds is no number of microseconds.
            let past = Int64(ManifestSeconds.bounded(Int(clamping: seconds)))
            options.since = MicroTime(microseconds: now().microseconds - past * 1_000_000)
        } else if let time = query["sinceTime"].flatMap({ Time(String($0)) }) {
            options.since = MicroTime(microseconds: time.seconds * 1_000_000)
        }
        let found: LogSource
        do {
            found = try source.log(pod: pod, container: container, previous: isTrue("previous"))
        } catch let error as LocalClusterError {
            throw HTTPError(.badRequest, message: error.description)
        }
        let chosen = options
        let body = ResponseBody { writer in
            try await LogReader(path: found.path).read(chosen, isRunning: found.isRunning) { bytes in
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/plain"], body: body)
    }
}
