import ArgumentParser
import FoundationEssentials
import LocalCluster
import Logging

/// Which cluster a command is about.
struct ClusterArguments: ParsableArguments {
    @Option(help: "The name of the cluster.")
    var name = "aerie"

    @Option(help: "The folder that holds the cluster; default: local/<name> in the cache.")
    var state: String?

    func stateDirectory(environment: [String: String]) -> StateDirectory {
        guard let state else {
            return StateDirectory(cluster: name, cache: StateDirectory.cache(environment: environment))
        }
        return StateDirectory(path: Self.absolute(state))
    }

    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }
}

/// Log lines on standard error, so that standard output stays for results.
func commandLogger(isVerbose: Bool = false) -> Logger {
    var logger = Logger(label: "aerie.local") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = isVerbose ? .debug : .warning
    return logger
}
