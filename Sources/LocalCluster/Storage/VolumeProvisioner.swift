import KubernetesAPI
package import KubernetesClient
package import Logging

/// Gives every claim of the local storage class a folder, so that manifests with claims run unchanged on one machine.
///
/// The folder is `<state>/volumes/<namespace>/<claim>`: a place where people can put data and find results. It is
/// never deleted with its claim.
package struct VolumeProvisioner: Sendable {
    private let client: KubernetesClient
    private let folder: String
    private let logger: Logger

    /// Makes a provisioner that does nothing yet.
    ///
    /// - Parameters:
    ///   - client: May create storage classes and persistent volumes.
    ///   - folder: Where the claims' folders are made.
    ///   - logger: Told of volumes and failures.
    package init(client: KubernetesClient, folder: String, logger: Logger) {
        self.client = client
        self.folder = folder
        self.logger = logger
    }

    /// Looks for new claims twice a second until the task is cancelled.
    ///
    /// Claims are few and the server is on this machine, so looking is cheaper to get right than watching.
    package func run() async {
        var hasClass = false
        while !Task.isCancelled {
            do throws(KubernetesError) {
                if !hasClass {
                    try await client.apply(LocalStorage.storageClass)
                    hasClass = true
                }
                try await provision()
            } catch {
                logger.debug("volumes could not be provisioned", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    private func provision() async throws(KubernetesError) {
        let claims = try await client.list(VolumeClaim.resource)
        for claim in claims.compactMap({ try? $0.decode(VolumeClaim.self) }) where LocalStorage.wants(claim) {
            let volume = LocalStorage.volume(for: claim, folder: folder)
            do {
                try Files.createFolder(LocalStorage.path(of: claim, folder: folder), mode: 0o777)
            } catch {
                logger.error("a volume's folder could not be made", metadata: ["error": "\(error)"])
                continue
            }
            do throws(KubernetesError) {
                try await client.create(volume)
                logger.info("volume provisioned", metadata: ["claim": "\(claim.metadata.key)"])
            } catch  where error.reason == .alreadyExists {
                // Made earlier; the claim is about to be bound.
            }
        }
    }
}
