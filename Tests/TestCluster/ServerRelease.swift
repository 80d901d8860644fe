package import KubernetesClient

/// A release of Kubernetes, and what it knows as far as manifests and the words of answers depend on it.
///
/// `scripts/manifests-for` says the same to scripts.
package struct ServerRelease: Hashable, Comparable, Sendable {
    package var major: Int
    package var minor: Int

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// - Parameter version: What `/version` says; of it the text for people counts, since vendors add signs to the numbers.
    /// - Throws: ``Unreadable``.
    package init(_ version: ServerVersion) throws {
        guard let match = version.gitVersion.prefixMatch(of: /v([0-9]{1,6})\.([0-9]{1,6})/),
            let major = Int(match.1), let minor = Int(match.2)
        else { throw Unreadable(version: version.gitVersion) }
        self.init(major: major, minor: minor)
    }

    package struct Unreadable: Error {
        package var version: String
    }

    package static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }

    /// Rules in definitions: for everyone since 1.25.
    package var knowsRules: Bool { self >= ServerRelease(major: 1, minor: 25) }

    /// Disruption budgets are `policy/v1` since 1.21.
    package var budgets: String { self >= ServerRelease(major: 1, minor: 21) ? "policy/v1" : "policy/v1beta1" }

    /// Folders of the repository.
    package var definitions: String { knowsRules ? "crds" : Self.definitionsWithoutRules }
    package var manifests: String { knowsRules ? "deploy" : "deploy/overlays/kubernetes-1.20" }
    package var localManifests: String {
        knowsRules ? "deploy/overlays/local" : "deploy/overlays/local-kubernetes-1.20"
    }

    package static let definitionsWithoutRules = "crds/kubernetes-1.20"
}
