package import KubernetesAPI
import KubernetesClient
import Synchronization

/// The service account tokens of one pod, asked for again when four fifths of their life have passed.
package final class TokenCache: Sendable {
    private struct Entry {
        var token: String
        var refreshAt: Time
    }

    private let now: @Sendable () -> Time
    private let entries = Mutex<[VolumeManifest.ServiceAccountToken: Entry]>([:])

    package init(now: @escaping @Sendable () -> Time) { self.now = now }

    /// A token that is still good for a while.
    func token(
        for source: VolumeManifest.ServiceAccountToken, fetch: () async throws(KubernetesError) -> ServiceAccountToken
    ) async throws(KubernetesError) -> String {
        let time = now()
        if let entry = entries.withLock({ $0[source] }), time < entry.refreshAt { return entry.token }
        let fresh = try await fetch()
        let life = fresh.expirationTimestamp.seconds(since: time)
        let entry = Entry(token: fresh.token, refreshAt: time.advanced(bySeconds: life * 4 / 5))
        entries.withLock { $0[source] = entry }
        return fresh.token
    }
}
