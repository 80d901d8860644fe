import AerieAPI
import KubernetesAPI
public import KubernetesClient

/// Looks whether the objects that a spec names are there, to warn when they are not.
///
/// Never more than a courtesy: an answer that does not come in time, or that we have no right to, is no warning.
public struct ReferenceCheck: Sendable {
    private let client: KubernetesClient
    private let timeout: Duration

    /// Objects that one request looks for at most; more would ask more of the API server than they tell.
    private static let limit = 8

    /// - Parameters:
    ///   - client: Without retries.
    ///   - timeout: For each look; the API server waits meanwhile.
    public init(client: KubernetesClient, timeout: Duration = .milliseconds(800)) {
        self.client = client
        self.timeout = timeout
    }

    /// A warning for each object that is certainly missing.
    func missing(_ references: [FieldReference], namespace: String) async -> [FieldError] {
        var seen: Set<String> = []
        let wanted = references.filter { seen.insert("\($0.resource.plural)/\($0.name)").inserted }.prefix(Self.limit)
        let warnings = await withTaskGroup(of: (Int, FieldError?).self) { group in
            for (index, reference) in wanted.enumerated() {
                group.addTask { (index, await self.warning(about: reference, namespace: namespace)) }
            }
            return await group.reduce(into: [(Int, FieldError?)]()) { $0.append($1) }
        }
        return warnings.sorted { $0.0 < $1.0 }.compactMap(\.1)
    }

    private func warning(about wanted: FieldReference, namespace: String) async -> FieldError? {
        let key = ObjectKey(namespace: wanted.resource.isNamespaced ? namespace : "", name: wanted.name)
        var request = KubernetesRequest.get(Reference(wanted.resource, key))
        request.timeout = timeout
        do throws(KubernetesError) {
            _ = try await client.document(request)
            return nil
        } catch {
            guard error.reason == .notFound else { return nil }
            let place = wanted.resource.isNamespaced ? " in the namespace \(namespace)" : ""
            return FieldError(
                wanted.path,
                "there is no \(wanted.resource.kind) \"\(wanted.name)\"\(place); \(wanted.consequence)")
        }
    }
}
