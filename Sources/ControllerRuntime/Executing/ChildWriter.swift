import KubernetesAPI
import KubernetesClient

/// Whom the children of a plan belong to.
struct ChildOwner: Sendable {
    var reference: Reference
    var uid: String
    /// Uids of others that it may take children over from.
    var predecessors: Set<String>
}

/// Writes the children of an object, and nothing that is not its own.
///
/// - Guarantees: a child is created where nothing has its name; what has is changed or deleted only if it was read and
///   found the owner's, and only as long as it is the object that was read: its uid goes with every write. Nothing of
///   somebody else is written to.
struct ChildWriter: Sendable {
    let client: KubernetesClient
    let stores: WriteThrough
    let observer: (any WriteObserver)?
    /// Throws when this process may not write any more; asked before every write.
    let requireLeadership: @Sendable () throws(KubernetesError) -> Void

    func carryOut(_ action: Plan.Action, for owner: ChildOwner) async throws(KubernetesError) {
        try requireLeadership()
        switch action {
        case .create(let manifest): try await create(manifest, for: owner)
        case .apply(let manifest): try await apply(manifest, for: owner)
        case .patch(let reference, let uid, let patch):
            try stores.applied(
                try await client.unlessReplaced(
                    .mergePatch(reference, patch.withUID(uid), fieldManager: client.fieldManager), reference, uid: uid),
                to: reference.resource)
        case .delete(let reference, let uid, let gracePeriodSeconds):
            try await delete(reference, uid: uid, gracePeriodSeconds: gracePeriodSeconds)
        }
    }

    /// - Parameter fieldManager: Who owns the fields, where that matters later.
    private func create(
        _ manifest: Manifest, for owner: ChildOwner, fieldManager: String? = nil
    ) async throws(KubernetesError) {
        let resource = manifest.reference.resource
        do throws(KubernetesError) {
            try stores.applied(
                try await client.answer(to: .create(manifest, fieldManager: fieldManager)), to: resource)
        } catch  where error.reason == .alreadyExists {
            let existing = try await client.get(manifest.reference)
            stores.applied(existing, to: resource)
            // Created by an earlier run of this plan, or an object without owner whose name says what it is.
            guard existing.controllerUID == manifest.body.controllerUID else {
                throw KubernetesError.taken(manifest.reference, owner)
            }
        }
    }

    private func apply(_ manifest: Manifest, for owner: ChildOwner) async throws(KubernetesError) {
        guard let present = try await client.find(manifest.reference) else {
            try requireLeadership()
            return try await create(manifest, for: owner, fieldManager: client.fieldManager)
        }
        guard let uid = present["metadata"]?["uid"]?.stringValue, let controller = present.controllerUID,
            controller == owner.uid || owner.predecessors.contains(controller)
        else { throw KubernetesError.taken(manifest.reference, owner) }
        try await takeFieldsOver(present, of: manifest.reference, uid: uid)
        try requireLeadership()
        let bound = Manifest(manifest.reference, manifest.body.withUID(uid))
        try stores.applied(
            try await client.unlessReplaced(
                .apply(bound, fieldManager: client.fieldManager, force: true), manifest.reference, uid: uid),
            to: manifest.reference.resource)
    }

    /// Lets what was created count as applied: a field that is applied no more goes only then.
    private func takeFieldsOver(
        _ present: JSONValue, of reference: Reference, uid: String
    ) async throws(KubernetesError) {
        guard let fields = AppliedFields.entries(of: present, manager: client.fieldManager) else { return }
        try requireLeadership()
        let version = present["metadata"]?["resourceVersion"] ?? .null
        let patch: JSONValue = ["metadata": ["resourceVersion": version, "managedFields": .array(fields)]]
        _ = try await client.unlessReplaced(
            .mergePatch(reference, patch.withUID(uid), fieldManager: client.fieldManager), reference, uid: uid)
    }

    private func delete(
        _ reference: Reference, uid: String, gracePeriodSeconds: Int?
    ) async throws(KubernetesError) {
        let options = DeleteOptions(uid: uid, propagation: .background, gracePeriodSeconds: gracePeriodSeconds)
        do throws(KubernetesError) {
            let answer = try await client.document(.delete(reference, options))
            stores.deleted(answer, reference, uid: uid)
            observer?.deleted(reference)
        } catch  where error.reason == .notFound {
            stores.deleted(.null, reference, uid: uid)
        } catch  where error.reason == .conflict {
            // Most often another object has the name by now. An object that is taken for gone would never be deleted,
            // so the server is asked.
            if try await client.isPresent(reference, uid: uid) { throw error }
            stores.deleted(.null, reference, uid: uid)
        }
    }
}

/// What the server knows of who set which fields of an object.
///
/// Server-side apply removes a field that is applied no more only if it was applied before. An object that has to be
/// created, since applying would change whatever else took the name in that moment, has fields that its manager created.
enum AppliedFields {
    /// The `managedFields` in which all that `manager` created counts as applied; `nil` if nothing is to be changed.
    ///
    /// - SeeAlso: `k8s.io/client-go/util/csaupgrade`, which does the same for clients that begin to use server-side apply.
    static func entries(of object: JSONValue, manager: String) -> [JSONValue]? {
        let all = object["metadata"]?["managedFields"]?.arrayValue ?? []
        func isOurs(_ entry: JSONValue, _ operation: String) -> Bool {
            entry["manager"]?.stringValue == manager && entry["operation"]?.stringValue == operation
                && (entry["subresource"]?.stringValue ?? "").isEmpty
        }
        guard all.contains(where: { isOurs($0, "Update") }) else { return nil }
        var isApplied = all.contains { isOurs($0, "Apply") }
        return all.compactMap { entry in
            guard isOurs(entry, "Update") else { return entry }
            guard !isApplied else { return nil }
            isApplied = true
            var applied = entry
            applied["operation"] = "Apply"
            return applied
        }
    }
}

extension KubernetesClient {
    /// The object; `nil` if there is none.
    fileprivate func find(_ reference: Reference) async throws(KubernetesError) -> JSONValue? {
        do throws(KubernetesError) {
            return try await get(reference)
        } catch  where error.reason == .notFound {
            return Optional.none
        }
    }

    fileprivate func isPresent(_ reference: Reference, uid: String) async throws(KubernetesError) -> Bool {
        try await find(reference)?["metadata"]?["uid"]?.stringValue == uid
    }

    /// Sends a write that holds for one object only, whose uid the request names.
    ///
    /// - Throws: `Conflict` when another object has the name, which servers put into different words.
    fileprivate func unlessReplaced(
        _ request: KubernetesRequest, _ reference: Reference, uid: String
    ) async throws(KubernetesError) -> ObjectDocument {
        do throws(KubernetesError) {
            return try await answer(to: request)
        } catch  where error.reason == .conflict || error.reason == .invalid {
            if try await isPresent(reference, uid: uid) { throw error }
            throw KubernetesError(.conflict, "\(request.subject): another object has the name by now", code: 409)
        }
    }
}

extension KubernetesError {
    fileprivate static func taken(_ reference: Reference, _ owner: ChildOwner) -> Self {
        Self(
            .alreadyExists,
            "\(reference) exists and does not belong to \(owner.reference); delete or rename it", code: 409)
    }
}

extension JSONValue {
    /// The uid of the object that manages this one.
    fileprivate var controllerUID: String? {
        let owners = self["metadata"]?["ownerReferences"]?.arrayValue ?? []
        return owners.first { $0["controller"]?.boolValue == true }?["uid"]?.stringValue
    }

    fileprivate func withUID(_ uid: String) -> JSONValue {
        var document = self
        var metadata = document["metadata"] ?? [:]
        metadata["uid"] = .string(uid)
        document["metadata"] = metadata
        return document
    }
}
