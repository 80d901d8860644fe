import HTTPTransport
import KubernetesAPI
import Synchronization

/// Just enough of an API server for objects by name, in memory: uids, versions and refusals.
final class TinyServer: HTTPTransport {
    private struct State {
        var objects: [String: JSONValue] = [:]
        var sent: [String] = []
        var version = 100
        var refusal: (@Sendable (HTTPRequest, Int) -> KubernetesError?)?
    }

    private let state = Mutex(State())

    /// Method and path of every request, in order.
    var sent: [String] { state.withLock { $0.sent } }

    /// An object by its path, such as `/api/v1/namespaces/ns/configmaps/a`.
    subscript(_ path: String) -> JSONValue? {
        get { state.withLock { $0.objects[path] } }
        set { state.withLock { $0.objects[path] = newValue } }
    }

    /// Answers requests with errors, as long as `refusal` has one; it is told how many it was asked about before.
    func refuse(_ refusal: (@Sendable (HTTPRequest, Int) -> KubernetesError?)?) {
        state.withLock { $0.refusal = refusal }
    }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        let path = String(request.url.prefix { $0 != "?" })
        let body = (try? JSONValue(parsing: request.body.bytes ?? [])) ?? .null
        return state.withLock { state in
            let refusal = state.refusal?(request, state.sent.count)
            state.sent.append("\(request.method.rawValue) \(path)")
            if let refusal { return Self.refused(refusal) }
            switch request.method {
            case .post: return Self.create(body, in: path, &state)
            case .get:
                let missing = KubernetesError(.notFound, code: 404)
                return state.objects[path].map(Self.answer) ?? Self.refused(missing)
            case .delete:
                guard state.objects.removeValue(forKey: path) != nil else {
                    return Self.refused(KubernetesError(.notFound, code: 404))
                }
                return Self.answer(["kind": "Status", "status": "Success"])
            default: return Self.change(path, by: body, &state)
            }
        }
    }

    private static func create(_ body: JSONValue, in folder: String, _ state: inout State) -> HTTPResponse {
        let path = "\(folder)/\(body["metadata"]?["name"]?.stringValue ?? "")"
        guard state.objects[path] == nil else { return refused(KubernetesError(.alreadyExists, code: 409)) }
        state.version += 1
        var object = body
        object["metadata"] = merged(
            body["metadata"], ["uid": .string("made-\(state.version)"), "resourceVersion": "\(state.version)"])
        state.objects[path] = object
        return answer(object)
    }

    private static func change(_ path: String, by body: JSONValue, _ state: inout State) -> HTTPResponse {
        let isStatus = path.hasSuffix("/status")
        let object = isStatus ? String(path.dropLast("/status".count)) : path
        guard var present = state.objects[object] else { return refused(KubernetesError(.notFound, code: 404)) }
        if let uid = body["metadata"]?["uid"], uid != present["metadata"]?["uid"] {
            return refused(KubernetesError(.conflict, "the uid differs", code: 409))
        }
        state.version += 1
        var metadata = merged(present["metadata"], body["metadata"] ?? [:])
        metadata["resourceVersion"] = .string("\(state.version)")
        if isStatus { present["status"] = body["status"] } else { present = merged(present, body) }
        present["metadata"] = metadata
        state.objects[object] = present
        return answer(present)
    }

    private static func merged(_ old: JSONValue?, _ new: JSONValue) -> JSONValue {
        .object((old?.objectValue ?? [:]).merging(new.objectValue ?? [:]) { $1 })
    }

    private static func answer(_ document: JSONValue) -> HTTPResponse {
        HTTPResponse(body: HTTPBody(document.serialized))
    }

    private static func refused(_ error: KubernetesError) -> HTTPResponse {
        let status: JSONValue = [
            "kind": "Status", "reason": .string(error.reason.rawValue), "message": .string(error.message),
            "code": JSONValue(error.code),
        ]
        return HTTPResponse(status: error.code, body: HTTPBody(status.serialized))
    }
}
