package import KubernetesAPI
package import KubernetesClient
package import Logging

/// Keeps someone informed about all objects of a selection: first all of them, then every change.
///
/// An object that cannot be read is logged; whoever knows an earlier version keeps it, until the object can be read again
/// or is gone.
package struct ObjectFollower<Object: KubernetesObject>: Sendable {
    package enum Change: Sendable {
        /// These are all; others have gone, except those with the uids `unreadable`.
        case all([Object], unreadable: Set<String>)
        case changed(Object)
        /// Whether it could be read or not.
        case deleted(uid: String)
    }

    private let client: KubernetesClient
    private let selection: Selection
    private let logger: Logger
    private let unreadable: @Sendable (UndecodableObject) -> Void

    /// - Parameters:
    ///   - client: Lists and watches.
    ///   - selection: Which objects.
    ///   - logger: Told of objects that cannot be read, and of failures.
    ///   - unreadable: Told of objects that cannot be read, whenever one is seen.
    package init(
        client: KubernetesClient, selection: Selection, logger: Logger,
        unreadable: @escaping @Sendable (UndecodableObject) -> Void = { _ in }
    ) {
        self.client = client
        self.selection = selection
        self.logger = logger
        self.unreadable = unreadable
    }

    /// Runs until cancelled: lists again whenever a watch cannot be resumed.
    package func run(_ apply: @Sendable (Change) -> Void) async {
        var pause = Duration.milliseconds(200)
        while !Task.isCancelled {
            do {
                let list: ObjectList<Object> = try await client.list(Object.self, selection)
                for object in list.undecodable { report(object) }
                apply(.all(list.items, unreadable: Set(list.undecodable.map(\.uid))))
                pause = .milliseconds(200)
                try await watch(from: list.resourceVersion, apply)
            } catch {
                if Task.isCancelled { return }
                logger.info(
                    "lost sight of objects; looking again",
                    metadata: ["kind": "\(Object.resource.kind)", "error": "\(error)"])
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
    }

    /// Watches and resumes until the server has forgotten the version, or cannot be reached.
    private func watch(from start: String, _ apply: (Change) -> Void) async throws {
        var version = start
        while true {
            let stream: WatchStream<Object> = try await client.watch(
                Object.self, selection, resourceVersion: version)
            for try await event in stream {
                switch event {
                case .added(let object), .modified(let object): apply(.changed(object))
                case .deleted(let object): apply(.deleted(uid: object.metadata.uid))
                case .undecodable(let object) where object.isDeleted: apply(.deleted(uid: object.uid))
                case .undecodable(let object): report(object)
                case .bookmark, .known: break
                }
                if !event.resourceVersion.isEmpty { version = event.resourceVersion }
            }
            try Task.checkCancellation()
        }
    }

    private func report(_ object: UndecodableObject) {
        logger.error("cannot read an object; it is left alone", metadata: ["object": "\(object)"])
        unreadable(object)
    }
}
