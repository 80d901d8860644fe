import Subprocess
import SystemPackage

/// A release of Kubernetes, as far as its programs' flags depend on it.
package struct KubernetesRelease: Hashable, Comparable, Sendable {
    package var major: Int
    package var minor: Int

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    package static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }

    /// Reads what the programs print for `--version`: `Kubernetes v1.20.2`.
    package init?(_ text: String) {
        guard let start = text.firstIndex(of: "v") else { return nil }
        let parts = text[text.index(after: start)...].split(separator: ".")
        guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix { $0.isNumber }) else {
            return nil
        }
        self.init(major: major, minor: minor)
    }

    /// Asks a program of the control plane.
    ///
    /// Throws ``LocalClusterError`` when it does not say.
    static func of(program: String) async throws -> KubernetesRelease {
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: ["--version"], input: .none, output: .string(limit: 4 << 10),
            error: .combinedWithOutput)
        guard let release = KubernetesRelease(result.standardOutput) else {
            throw LocalClusterError("\(program) --version says \"\(result.standardOutput)\", which is no release")
        }
        return release
    }

    /// Until 1.23 controller-manager and scheduler also open a port without TLS unless told not to.
    var hasInsecurePorts: Bool { self < KubernetesRelease(major: 1, minor: 24) }

    /// From 1.21 on, tokens bound to pods are the default, and later releases do not know the switch any more.
    var needsBoundTokenSwitch: Bool { self < KubernetesRelease(major: 1, minor: 21) }
}
