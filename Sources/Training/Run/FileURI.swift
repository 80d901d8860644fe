import AerieAPI
import FoundationEssentials

/// The path in a `file:` URI, or a plain path.
public enum FileURI {
    /// Throws ``TrainingError`` `badConfiguration` for other kinds of store: the controller mounts those first.
    public static func path(_ uri: String) throws(TrainingError) -> String {
        if uri.hasPrefix("/") || !uri.contains("://") { return trimmed(uri) }
        guard uri.hasPrefix("file:///"), let url = URL(string: uri) else {
            throw TrainingError(.badConfiguration, "\(uri) is not a file:/// URI; other stores must be mounted")
        }
        return trimmed(url.path)
    }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
