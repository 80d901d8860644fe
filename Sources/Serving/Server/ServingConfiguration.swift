import FoundationEssentials

/// What a model server is told when it starts.
public struct ServingConfiguration: Hashable, Sendable {
    /// The folder of all models: `<base path>/<name>/<version>/saved_model.pb`.
    public var modelBasePath = "/models"
    /// `nil` where the base path has only one model.
    public var modelName: String?
    /// How many versions to serve, the highest first; 0 serves all.
    public var versionCount = 1
    public var warmUp = WarmUp.servingDefault

    public var address = "0.0.0.0"
    /// 0 lets the system choose.
    public var port = 8501

    /// Calls of the model that run at the same time.
    public var threads = ServingConfiguration.defaultThreads
    /// Calls that wait for a thread; more are refused with 503.
    public var queueLength = 100
    /// Threads that work on one operation of the graph; 0 lets TensorFlow take one a core.
    public var intraOperationThreads = 0
    /// Operations of one call that run at the same time; 0 lets TensorFlow take one a core.
    public var interOperationThreads = 0

    /// Bytes of the largest request body that is read.
    public var maximumRequestBytes = 64 << 20
    /// Bytes of all request bodies that are in memory at the same time.
    public var maximumBufferedBytes = 256 << 20
    /// From the first byte of a request's head to its answer.
    public var requestTimeout = Duration.seconds(30)
    /// A connection on which nothing moves for this long is closed.
    public var idleTimeout = Duration.seconds(120)
    /// From the first signal to the moment at which unfinished requests are given up.
    public var shutdownTimeout = Duration.seconds(25)

    public init() {}

    /// One a core, and at least two, so that a slow call does not stop all others.
    public static var defaultThreads: Int { max(2, ProcessInfo.processInfo.activeProcessorCount) }
}
