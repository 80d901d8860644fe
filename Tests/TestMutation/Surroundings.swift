import AerieAPI
import KubernetesAPI

/// What there is around an object, read as stores read it: what cannot be read is not there.
struct Surroundings {
    var pods: [Pod] = []
    var services: [Service] = []
    var trials: [Trial] = []
    var promotions: [ModelPromotion] = []
    var volcanoGroup: VolcanoPodGroup?
    var pluginsGroup: SchedulerPluginsPodGroup?
    var tfJob: TFJob?
    var job: Job?
    var deployment: Deployment?
    var profile: AcceleratorProfile?

    init(_ world: World) {
        let message = world.parts.last { $0.kind == .message }.map {
            String(decoding: $0.document.bytes, as: UTF8.self)
        }
        for part in world.parts {
            guard var document = Self.read(part.document) else { continue }
            switch part.kind {
            case .pod:
                if let message { document = document.saying(message) }
                append(document, to: &pods)
            case .service: append(document, to: &services)
            case .trial: append(document, to: &trials)
            case .promotion: append(document, to: &promotions)
            case .podGroup:
                volcanoGroup = try? document.decode()
                pluginsGroup = try? document.decode()
            case .tfJob: tfJob = (try? document.decode()) ?? tfJob
            case .job: job = (try? document.decode()) ?? job
            case .deployment: deployment = (try? document.decode()) ?? deployment
            case .profile: profile = (try? document.decode()) ?? profile
            case .message: break
            }
        }
    }

    static func read(_ document: Document) -> JSONValue? { try? JSONValue(parsing: document.bytes) }

    private func append<Object: Decodable>(_ document: JSONValue, to objects: inout [Object]) {
        if let object = try? document.decode(Object.self) { objects.append(object) }
    }

    /// What the API server said to the plan before.
    func error(_ choice: Int) -> KubernetesError? {
        guard choice % 7 == 0 else { return nil }
        let reasons: [KubernetesError.Reason] = [.forbidden, .invalid, .conflict, .notFound, .badRequest]
        return KubernetesError(reasons[choice % 5], "pods \"\u{202E}x\" is forbidden: exceeded quota\n")
    }

    /// Creates and deletes what a plan wants; up to a few hundred objects, since more tell nothing new.
    mutating func follow(_ plan: Plan) {
        for action in plan.actions.prefix(300) {
            switch action {
            case .create(let manifest), .apply(let manifest): add(manifest)
            case .patch: break
            case .delete(let reference, let uid, _):
                pods.removeAll { $0.metadata.name == reference.key.name && $0.metadata.uid == uid }
                services.removeAll { $0.metadata.name == reference.key.name && $0.metadata.uid == uid }
            }
        }
    }

    private mutating func add(_ manifest: Manifest) {
        var body = manifest.body
        body["metadata"]?["uid"] = .string("new-\(manifest.reference.key.name)")
        switch manifest.reference.resource {
        case Pod.resource: append(body, to: &pods)
        case Service.resource: append(body, to: &services)
        case Trial.resource: append(body, to: &trials)
        case ModelPromotion.resource: append(body, to: &promotions)
        case TFJob.resource: tfJob = try? body.decode()
        case Job.resource: job = try? body.decode()
        case Deployment.resource: deployment = try? body.decode()
        default: break
        }
    }
}

extension JSONValue {
    /// The pod with this as the last words of its first container.
    fileprivate func saying(_ message: String) -> JSONValue {
        guard var statuses = self["status"]?["containerStatuses"]?.arrayValue, !statuses.isEmpty,
            var state = statuses[0]["state"], var terminated = state["terminated"]
        else { return self }
        terminated["message"] = .string(message)
        state["terminated"] = terminated
        statuses[0]["state"] = state
        var status = self["status"] ?? [:]
        status["containerStatuses"] = .array(statuses)
        var pod = self
        pod["status"] = status
        return pod
    }
}
