package import HTTPTypes

/// Which version of a model a request is for.
package enum VersionChoice: Hashable, Sendable {
    case latest
    case number(Int64)
    case label(String)
}

/// What a request asks for, by its path.
///
/// TensorFlow Serving's paths, in which case does not matter, and the usual ones of Kubernetes.
package enum Route: Hashable, Sendable {
    case status(model: String, VersionChoice)
    case metadata(model: String, VersionChoice)
    case call(Method, model: String, VersionChoice)
    /// The process is alive.
    case health
    /// The model is loaded.
    case readiness
    case metrics

    package enum Method: String, Hashable, Sendable {
        case predict, classify, regress
    }

    /// The only HTTP method that the path has.
    package var httpMethod: HTTPRequest.Method {
        if case .call = self { .post } else { .get }
    }

    /// The value of the label `route` in metrics.
    package var label: String {
        switch self {
        case .status: "status"
        case .metadata: "metadata"
        case .call(let method, _, _): method.rawValue
        case .health: "healthz"
        case .readiness: "readyz"
        case .metrics: "metrics"
        }
    }

    /// Reads a path without its query; `nil` where nothing is.
    package init?(path: String) {
        // Some clients escape the colon.
        let path = path.replacing("%3A", with: ":").replacing("%3a", with: ":")
        switch path.lowercased() {
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/metrics", "/monitoring/prometheus/metrics": self = .metrics
        default:
            let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
            guard parts.count >= 3, parts[0].lowercased() == "v1", parts[1].lowercased() == "models" else { return nil }
            self.init(model: parts[2], rest: parts.dropFirst(3))
        }
    }

    /// Reads what stands behind `/v1/models/`.
    private init?(model: String, rest: ArraySlice<String>) {
        var parts = [model] + rest
        var method: Method?
        if let last = parts.last, let colon = last.lastIndex(of: ":") {
            method = Method(rawValue: last[last.index(after: colon)...].lowercased())
            guard method != nil else { return nil }
            parts[parts.count - 1] = String(last[..<colon])
        }
        let isMetadata = method == nil && parts.count > 1 && parts.last?.lowercased() == "metadata"
        if isMetadata { parts.removeLast() }
        guard let name = parts.first, !name.isEmpty, !name.contains(":"),
            let version = VersionChoice(pathComponents: parts.dropFirst())
        else { return nil }
        if let method {
            self = .call(method, model: name, version)
        } else {
            self = isMetadata ? .metadata(model: name, version) : .status(model: name, version)
        }
    }
}

extension VersionChoice {
    /// Reads `versions/<number>` or `labels/<label>`; nothing at all means the latest version.
    fileprivate init?(pathComponents: ArraySlice<String>) {
        guard let kind = pathComponents.first else {
            self = .latest
            return
        }
        guard pathComponents.count == 2, let value = pathComponents.last, !value.isEmpty else { return nil }
        switch kind.lowercased() {
        case "versions":
            guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(value) else { return nil }
            self = .number(number)
        case "labels": self = .label(value)
        default: return nil
        }
    }
}
