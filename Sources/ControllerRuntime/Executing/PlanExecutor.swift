public import KubernetesAPI
public import KubernetesClient

/// Carries plans out; the only code of the operator that writes to the API server.
///
/// - Guarantees: the status is written against the version that was observed, and only when it differs. In the order
///   ``Plan/Order/statusFirst`` nothing else happens when that fails. Actions are done one after the other until one
///   fails. Events come last, without those of what was not done. Every step may be repeated. Before every write it is
///   asked whether this process may still write.
/// - Caveats: a plan may end half-way, at what fails; the next reconcile of the key decides anew on what is there then.
public struct PlanExecutor: Sendable {
    private let client: KubernetesClient
    private let events: any EventSink
    private let stores: WriteThrough
    private let observer: (any WriteObserver)?
    private let mayWrite: @Sendable () -> Bool
    private let unconfirmed = UnconfirmedWrites()

    /// Makes an executor.
    ///
    /// - Parameters:
    ///   - client: Sends the writes.
    ///   - events: Where the plans' events go.
    ///   - stores: Learn of the writes before the watch tells them.
    ///   - observer: Told of writes that took effect.
    ///   - mayWrite: Whether this process leads; a process that was paused may find that another does by now.
    public init(
        client: KubernetesClient, events: any EventSink, stores: WriteThrough,
        observer: (any WriteObserver)? = nil, mayWrite: @escaping @Sendable () -> Bool = { true }
    ) {
        self.client = client
        self.events = events
        self.stores = stores
        self.observer = observer
        self.mayWrite = mayWrite
    }

    /// Carries `plan` out for the object it was decided for.
    ///
    /// - Throws: the first failure: `Conflict` when the object changed since it was observed, `AlreadyExists` when a
    ///   child's name is taken by an object of someone else, or whatever the server says.
    public func execute(_ plan: Plan, for object: some KubernetesObject) async throws(KubernetesError) {
        let present = object.statusDocument ?? [:]
        if let old = unconfirmed.confirm(object.metadata, status: present) {
            observer?.wroteStatus(of: object.metadata, from: old, to: present)
        }
        let status = plan.status == present ? Optional.none : plan.status
        var progress = Progress()
        switch plan.order {
        case .statusFirst:
            progress = await write(status, over: present, of: object)
            guard progress.failure == nil else { break }
            progress.add(await execute(plan.actions, ownerUID: object.metadata.uid))
        case .statusLast:
            progress = await execute(plan.actions, ownerUID: object.metadata.uid)
            progress.add(await write(status, over: present, of: object))
        }
        for event in plan.events where progress.allows(event) {
            await events.record(event, about: InvolvedObject(object))
        }
        if let failure = progress.failure { throw failure }
    }

    /// Carries actions out until one fails.
    private func execute(_ actions: [Plan.Action], ownerUID: String) async -> Progress {
        var progress = Progress()
        do throws(KubernetesError) {
            for action in actions {
                try await execute(action, ownerUID: ownerUID)
                progress.done += 1
            }
        } catch {
            progress.failure = error
        }
        return progress
    }

    /// Writes a status if there is one to write.
    private func write(
        _ status: JSONValue?, over present: JSONValue, of object: some KubernetesObject
    ) async -> Progress {
        var progress = Progress()
        do throws(KubernetesError) {
            if let status { try await replace(present, by: status, of: object) }
            progress.isStatusWritten = true
        } catch {
            progress.failure = error
        }
        return progress
    }

    private func replace(
        _ present: JSONValue, by status: JSONValue, of object: some KubernetesObject
    ) async throws(KubernetesError) {
        try requireLeadership()
        let metadata: JSONValue = [
            "resourceVersion": .string(object.metadata.resourceVersion), "uid": .string(object.metadata.uid),
        ]
        let manifest = Manifest(object.reference, ["metadata": metadata, "status": status])
        do throws(KubernetesError) {
            let answer = try await client.answer(to: .update(manifest, subresource: "status"))
            try stores.applied(answer, to: object.reference.resource)
        } catch {
            if UnconfirmedWrites.mayHaveHappened(error) {
                unconfirmed.add(object.metadata, from: present, to: status)
            }
            throw error
        }
        observer?.wroteStatus(of: object.metadata, from: present, to: status)
    }

    private func execute(_ action: Plan.Action, ownerUID: String) async throws(KubernetesError) {
        try requireLeadership()
        switch action {
        case .create(let manifest): try await create(manifest, ownerUID: ownerUID)
        case .apply(let manifest): stores.applied(try await client.apply(manifest), to: manifest.reference.resource)
        case .patch(let reference, let patch):
            stores.applied(try await client.patch(reference, patch), to: reference.resource)
        case .delete(let reference, let uid, let gracePeriodSeconds):
            try await delete(reference, uid: uid, gracePeriodSeconds: gracePeriodSeconds)
        }
    }

    /// What was decided before this process was paused, or cut off from the server, may be wrong by now.
    private func requireLeadership() throws(KubernetesError) {
        guard mayWrite() else { throw KubernetesError(.unreachable, "not sent: this process no longer leads") }
    }

    private func create(_ manifest: Manifest, ownerUID: String) async throws(KubernetesError) {
        do throws(KubernetesError) {
            try stores.applied(try await client.answer(to: .create(manifest)), to: manifest.reference.resource)
        } catch  where error.reason == .alreadyExists {
            let existing = try await client.get(manifest.reference)
            stores.applied(existing, to: manifest.reference.resource)
            // Created by an earlier run of this plan, or an object without owner whose name says what it is.
            let owner = Self.controllerUID(of: existing)
            guard owner != Self.controllerUID(of: manifest.body) else { return }
            throw KubernetesError(
                .alreadyExists,
                "\(manifest.reference) exists and does not belong to this object; delete or rename it", code: 409)
        }
    }

    private static func controllerUID(of document: JSONValue) -> String? {
        let owners = document["metadata"]?["ownerReferences"]?.arrayValue ?? []
        return owners.first { $0["controller"]?.boolValue == true }?["uid"]?.stringValue
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
            if try await isPresent(reference, uid: uid) { throw error }
            stores.deleted(.null, reference, uid: uid)
        }
    }

    private func isPresent(_ reference: Reference, uid: String) async throws(KubernetesError) -> Bool {
        do throws(KubernetesError) {
            return try await client.get(reference)["metadata"]?["uid"]?.stringValue == uid
        } catch  where error.reason == .notFound {
            return false
        }
    }
}

/// What became of a plan, or of a part of it.
private struct Progress {
    /// How many actions.
    var done = 0
    var isStatusWritten = false
    var failure: KubernetesError?

    /// Adds what became of the other part; a conflict says less than any other failure.
    mutating func add(_ other: Self) {
        done += other.done
        isStatusWritten = isStatusWritten || other.isStatusWritten
        if failure == nil || failure?.reason == .conflict { failure = other.failure ?? failure }
    }

    func allows(_ event: Plan.Event) -> Bool { event.action.map { $0 < done } ?? isStatusWritten }
}
