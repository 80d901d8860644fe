package import KubernetesAPI
import KubernetesClient

/// The state of the world, as an administrator sees it.
extension OperatorCluster {
    /// Waits until an object is as it should be.
    ///
    /// - Parameters:
    ///   - type: Its kind.
    ///   - namespace: Where it is; empty for cluster-scoped kinds.
    ///   - name: How it is called.
    ///   - what: How it should be, for the failure, which also shows how it was instead.
    ///   - isWanted: Whether it is so.
    /// - Returns: The object as it was then.
    /// - Throws: ``NotInTime``.
    @discardableResult
    package func wait<Object: KubernetesObject>(
        for type: Object.Type, _ namespace: String, _ name: String, _ what: String,
        until isWanted: (Object) -> Bool
    ) async throws -> Object {
        let reference = Reference(Object.resource, namespace: namespace, name: name)
        do {
            return try await eventually(what) {
                guard let object = try await existing(reference) else { return Object?.none }
                let decoded = try object.decode(Object.self)
                return isWanted(decoded) ? decoded : nil
            }
        } catch let failure as NotInTime {
            let state = try await existing(reference).map { "\($0["status"] ?? $0)" } ?? "missing"
            throw NotInTime(description: "\(reference): \(failure); it is \(state)")
        }
    }

    /// Waits until an object exists.
    package func document(
        _ resource: Resource, _ namespace: String, _ name: String, within limit: Duration = .seconds(90)
    ) async throws -> JSONValue {
        let reference = Reference(resource, namespace: namespace, name: name)
        return try await eventually("\(reference) exists", within: limit) { try await existing(reference) }
    }

    /// Waits until there are no objects of a kind in a namespace.
    package func waitForNone(_ resource: Resource, in namespace: String) async throws {
        try await eventually("there are no \(resource.plural) in \(namespace)") {
            try await admin.list(resource, Selection(namespace: namespace)).isEmpty ? true : nil
        }
    }

    package func all<Object: KubernetesObject>(_ type: Object.Type, in namespace: String) async throws -> [Object] {
        try await admin.list(type, Selection(namespace: namespace)).items
            .sorted { $0.metadata.name < $1.metadata.name }
    }

    private func existing(_ reference: Reference) async throws(KubernetesError) -> JSONValue? {
        do throws(KubernetesError) {
            return try await admin.get(reference)
        } catch  where error.reason == .notFound {
            return nil
        }
    }
}
