public import ArgumentParser
import BuildInformation
import FoundationEssentials
public import Logging
public import Serving
import StructuredLogging

@main struct AerieServing: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aerie-serving",
        abstract: "Serves a TensorFlow SavedModel over TensorFlow Serving's REST interface.",
        discussion: """
            Models are in TensorFlow Serving's layout: <model-base-path>/<model-name>/<version>/saved_model.pb.

              curl -d '{"instances": [[1.0, 2.0]]}' http://localhost:8501/v1/models/<model-name>:predict

            Exit codes: 0 stopped by a signal; 64 wrong usage; 65 damaged model; 78 no model, or the address is taken.
            """,
        version: BuildInformation.version)

    @Option(help: ArgumentHelp("The folder of all models. [MODEL_BASE_PATH]", valueName: "folder"))
    var modelBasePath = environment["MODEL_BASE_PATH"] ?? "/models"

    @Option(help: ArgumentHelp("The model; not needed where there is only one. [MODEL_NAME]", valueName: "name"))
    var modelName: String?

    @Option(help: ArgumentHelp("How many versions to serve, the highest first; 0 serves all.", valueName: "count"))
    var versions = 1

    @Option(help: ArgumentHelp("Which signatures to call once before the model counts as ready.", valueName: "choice"))
    var warmUp = WarmUp.servingDefault

    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var address = "0.0.0.0"

    @Option(help: ArgumentHelp("The port to listen on.", valueName: "port"))
    var restApiPort = 8501

    @Option(help: ArgumentHelp("Calls of the model that run at the same time.", valueName: "count"))
    var threads = ServingConfiguration.defaultThreads

    @Option(help: ArgumentHelp("Calls that may wait for a thread; more are answered 503.", valueName: "count"))
    var queueLength = 100

    @Option(help: ArgumentHelp("TensorFlow's threads for one operation; 0: one a core.", valueName: "count"))
    var intraOpThreads = 0

    @Option(help: ArgumentHelp("Operations that TensorFlow runs at the same time; 0: one a core.", valueName: "count"))
    var interOpThreads = 0

    @Option(help: ArgumentHelp("The largest request body in bytes.", valueName: "bytes"))
    var maxRequestBytes = 64 << 20

    @Option(help: ArgumentHelp("All request bodies in memory together, in bytes.", valueName: "bytes"))
    var maxBufferedBytes = 256 << 20

    @Option(
        help: ArgumentHelp("How long a request may take, in milliseconds; then it is answered 504.", valueName: "ms"))
    var restApiTimeoutInMs = 30_000

    @Option(help: ArgumentHelp("How long requests may take to finish after SIGTERM, in seconds.", valueName: "seconds"))
    var shutdownTimeout = 25

    @Option(help: ArgumentHelp("The least important log entries that are written.", valueName: "level"))
    var logLevel = Logger.Level.info

    private static let environment = ProcessInfo.processInfo.environment

    func validate() throws {
        guard (0...65535).contains(restApiPort) else { throw ValidationError("--rest-api-port must be 0 to 65535.") }
        let positive = [
            ("threads", threads), ("max-request-bytes", maxRequestBytes), ("max-buffered-bytes", maxBufferedBytes),
            ("rest-api-timeout-in-ms", restApiTimeoutInMs), ("shutdown-timeout", shutdownTimeout),
        ]
        for (flag, value) in positive where value < 1 { throw ValidationError("--\(flag) must be at least 1.") }
        let notNegative = [
            ("versions", versions), ("queue-length", queueLength), ("intra-op-threads", intraOpThreads),
            ("inter-op-threads", interOpThreads),
        ]
        for (flag, value) in notNegative where value < 0 { throw ValidationError("--\(flag) must not be negative.") }
    }

    func run() async throws {
        let logger = Logger(label: "aerie-serving") { [logLevel] _ in JSONLogHandler(level: logLevel) }
        do {
            try await ModelServer(configuration, logger: logger).run()
        } catch let error as StartupError {
            logger.critical("\(error)", metadata: ["exitCode": .stringConvertible(error.reason.rawValue)])
            throw ExitCode(error.reason.rawValue)
        }
    }

    private var configuration: ServingConfiguration {
        var configuration = ServingConfiguration()
        configuration.modelBasePath = modelBasePath
        configuration.modelName = modelName ?? Self.environment["MODEL_NAME"]
        configuration.versionCount = versions
        configuration.warmUp = warmUp
        configuration.address = address
        configuration.port = restApiPort
        configuration.threads = threads
        configuration.queueLength = queueLength
        configuration.intraOperationThreads = intraOpThreads
        configuration.interOperationThreads = interOpThreads
        configuration.maximumRequestBytes = maxRequestBytes
        configuration.maximumBufferedBytes = maxBufferedBytes
        configuration.requestTimeout = .milliseconds(restApiTimeoutInMs)
        configuration.shutdownTimeout = .seconds(shutdownTimeout)
        return configuration
    }
}

extension WarmUp: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
