package import KubernetesAPI
package import TensorFlow

/// Where a version of a model is in its life, in TensorFlow Serving's words.
package enum ModelVersionState: String, Hashable, Sendable {
    /// Found, not yet being loaded.
    case start = "START"
    case loading = "LOADING"
    case available = "AVAILABLE"
    /// Answers the requests that it has, and gets no new ones.
    case unloading = "UNLOADING"
    case end = "END"
}

/// What `GET /v1/models/<name>` says of one version.
package struct ModelVersionStatus: Hashable, Sendable {
    package var version: Int64
    package var state: ModelVersionState
    /// Why loading it failed.
    package var error: TFError?

    package init(version: Int64, state: ModelVersionState, error: TFError? = nil) {
        self.version = version
        self.state = state
        self.error = error
    }

    package var json: JSONValue {
        [
            // A string, as the JSON mapping of protocol buffers writes 64-bit numbers.
            "version": JSONValue(String(version)), "state": JSONValue(state.rawValue),
            "status": [
                "error_code": JSONValue(error?.code.protocolName ?? "OK"),
                "error_message": JSONValue(error?.message ?? ""),
            ],
        ]
    }
}

extension TFError.Code {
    /// The name that TensorFlow's protocols use, for example `INVALID_ARGUMENT`.
    package var protocolName: String {
        String(describing: self).reduce(into: "") { $0 += ($1.isUppercase ? "_" : "") + $1.uppercased() }
    }
}
