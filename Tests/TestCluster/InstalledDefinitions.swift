import FoundationEssentials
package import KubernetesAPI
package import KubernetesClient

/// The definitions of our kinds on a server of the tests.
package struct InstalledDefinitions: Sendable {
    package enum Rules: Sendable {
        /// Where the server knows rules.
        case whereKnown
        /// As on old servers, for what can then be stored, and for what answers after the rules.
        case none
    }

    private let client: KubernetesClient
    package let release: ServerRelease

    package init(on client: KubernetesClient) async throws {
        self.client = client
        release = try ServerRelease(try await client.version())
    }

    /// Applies the definitions, and waits until the kinds are served.
    package func install(_ rules: Rules = .whereKnown) async throws {
        let folder = rules == .whereKnown ? release.definitions : ServerRelease.definitionsWithoutRules
        let path = "\(Self.repository)/\(folder)"
        for file in try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        where file.hasSuffix(".yaml") && file != "kustomization.yaml" {
            try await OperatorCluster.install("\(folder)/\(file)", with: client)
        }
        for resource in WatchedKinds.defined {
            try await eventually("\(resource.plural) are served") {
                try? await client.document(.list(resource, limit: 1))
            }
        }
    }

    /// Stores what the rules refuse, as it may have been stored before there were rules.
    ///
    /// Meanwhile there are none for objects of other tests either, who do not need them.
    package func storePastRules(_ manifest: Manifest) async throws {
        guard release.knowsRules else {
            try await client.create(manifest)
            return
        }
        try await install(.none)
        // The server takes a changed definition a moment after it has answered.
        try await eventually("\(manifest.reference) is stored") { try await created(manifest) }
        try await install()
    }

    /// `nil` while the object is refused.
    private func created(_ manifest: Manifest) async throws(KubernetesError) -> JSONValue? {
        do throws(KubernetesError) {
            return try await client.create(manifest)
        } catch  where error.reason == .invalid {
            return nil
        }
    }

    private static let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
}
