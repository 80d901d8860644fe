import KubernetesAPI

extension KubernetesError {
    /// Whether the server refused what was asked, so that its words belong where people look.
    ///
    /// It is tried again in any case, since what made the server refuse may go: a policy, a quota, a definition that is
    /// not installed. What passes by itself within seconds is no refusal.
    var isRefusal: Bool {
        switch reason {
        case .conflict, .unreachable, .timeout, .serverTimeout, .tooManyRequests, .serviceUnavailable: false
        default: true
        }
    }
}
