import KubernetesAPI
import KubernetesClient
import Logging

/// Keeps someone informed about all objects of a selection: first all of them, then every change.
struct ObjectFollower<Object: KubernetesObject>: Sendable {
    enum Change: Sendable {
        /// These are all; others have gone.
        case all([Object])
        case changed(Object)
        case deleted(Object)
    }

    let client: KubernetesClient
    let selection: Selection
    let logger: Logger

    /// Runs until cancelled: lists again whenever a watch cannot be resumed.
    func run(_ apply: @Sendable (Change) -> Void) async {
        var pause = Duration.milliseconds(200)
        while !Task.isCancelled {
            do {
                let list: ObjectList<Object> = try await client.list(Object.self, selection)
                for object in list.undecodable { report(object) }
                apply(.all(list.items))
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
                case .deleted(let object): apply(.deleted(object))
                case .bookmark: break
                case .undecodable(let object): report(object)
                }
                if !event.resourceVersion.isEmpty { version = event.resourceVersion }
            }
            try Task.checkCancellation()
        }
    }

    private func report(_ object: UndecodableObject) {
        logger.error("cannot read an object; it is left alone", metadata: ["object": "\(object)"])
    }
}
