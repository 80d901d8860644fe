public import KubernetesAPI
public import KubernetesClient

/// Carries plans out; the only code of the operator that writes to the API server.
///
/// - Guarantees: nothing of somebody else is written to, see ``ChildWriter``. The status is written against the version that
///   was observed, and only when it differs. Unless it comes last, nothing else happens when that fails. Actions are done one after the other until one
///   fails. Events come last, without those of what was not done. Every step may be repeated. Before every write it is
///   asked whether this process may still write.
/// - Caveats: a plan may end half-way, at what fails; the next reconcile of the key decides anew on what is there then.
public struct PlanExecutor: Sendable {
    private let client: KubernetesClient
    private let events: any EventSink
    private let stores: WriteThrough
    private let observer: (any WriteObserver)?
    private let children: ChildWriter
    /// What was decided before this process was paused, or cut off from the server, may be wrong by now.
    private let requireLeadership: @Sendable () throws(KubernetesError) -> Void
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
        let requireLeadership: @Sendable () throws(KubernetesError) -> Void = { () throws(KubernetesError) in
            guard mayWrite() else { throw KubernetesError(.unreachable, "not sent: this process no longer leads") }
        }
        self.requireLeadership = requireLeadership
        children = ChildWriter(
            client: client, stores: stores, observer: observer, requireLeadership: requireLeadership)
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
        let owner = ChildOwner(
            reference: object.reference, uid: object.metadata.uid, predecessors: plan.predecessors)
        var progress = Progress()
        switch plan.order {
        case .statusFirst, .tidying:
            progress = await write(status, over: present, of: object)
            guard progress.failure == nil else { break }
            progress.add(await execute(plan.actions, for: owner))
        case .statusLast:
            progress = await execute(plan.actions, for: owner)
            progress.add(await write(status, over: present, of: object))
        }
        for event in plan.events where progress.allows(event) {
            await events.record(event, about: InvolvedObject(object))
        }
        if let failure = progress.failure { throw failure }
    }

    /// Carries actions out until one fails.
    private func execute(_ actions: [Plan.Action], for owner: ChildOwner) async -> Progress {
        var progress = Progress()
        do throws(KubernetesError) {
            for action in actions {
                try await children.carryOut(action, for: owner)
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
