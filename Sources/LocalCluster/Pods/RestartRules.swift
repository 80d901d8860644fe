/// Whether a container that has ended runs again: its own rules decide, then its own policy, then the pod's.
///
/// - SeeAlso: `ContainerShouldRestart` in `pkg/kubelet/container/helpers.go` of the Kubernetes source.
package struct RestartRules: Hashable, Sendable {
    /// What a container is for in its pod.
    package enum Role: Hashable, Sendable {
        /// Runs once, to success, before the next one.
        case initContainer
        /// An init container that is always restarted: it runs beside everything that comes after it.
        case sidecar
        case main
    }

    package let role: Role
    private let policy: PodManifest.RestartPolicy
    /// Empty without a restart policy of the container's own.
    private let rules: [ContainerManifest.RestartRule]

    /// - Parameters:
    ///   - container: May have a policy and rules of its own.
    ///   - isInit: Whether it stands among the init containers.
    ///   - podPolicy: Holds for containers without a policy of their own.
    package init(_ container: ContainerManifest, isInit: Bool, podPolicy: PodManifest.RestartPolicy) {
        let own = container.restartPolicy.flatMap(PodManifest.RestartPolicy.init(rawValue:))
        role = isInit ? (own == .always ? .sidecar : .initContainer) : .main
        policy = own ?? podPolicy
        rules = own == nil ? [] : container.restartPolicyRules ?? []
    }

    /// Whether a run that ended with this exit code is followed by another.
    package func restarts(afterExitCode code: Int) -> Bool {
        switch role {
        case .sidecar: true
        // An init container that succeeds has done its work, whatever its policy.
        case .initContainer: code != 0 && isWanted(code)
        case .main: isWanted(code)
        }
    }

    private func isWanted(_ code: Int) -> Bool {
        if rules.contains(where: { $0.matches(code) }) { return true }
        return switch policy {
        case .always: true
        case .onFailure: code != 0
        case .never: false
        }
    }
}

extension ContainerManifest {
    /// One entry of `restartPolicyRules`, in the API's words.
    package struct RestartRule: Codable, Hashable, Sendable {
        package struct ExitCodes: Codable, Hashable, Sendable {
            package var `operator`: String
            package var values: [Int]?
        }

        package var action: String
        package var exitCodes: ExitCodes?

        /// Whether the container is restarted because of this rule.
        func matches(_ code: Int) -> Bool {
            guard action == "Restart", let exitCodes else { return false }
            let isListed = exitCodes.values?.contains(code) ?? false
            return switch exitCodes.operator {
            case "In": isListed
            case "NotIn": !isListed
            default: false
            }
        }
    }
}
