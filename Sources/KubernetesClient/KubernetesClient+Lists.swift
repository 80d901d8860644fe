import HTTPTransport
public import KubernetesAPI

extension KubernetesClient {
    /// One page of a list.
    ///
    /// A page that is larger than ``maximumPageBytes`` is asked for again with fewer objects.
    public func page<Object: KubernetesObject>(
        of type: Object.Type = Object.self, _ selection: Selection = .everything, limit: Int? = 500,
        continueToken: String? = nil
    ) async throws(KubernetesError) -> ObjectList<Object> {
        let request = KubernetesRequest.list(Object.resource, selection, limit: limit, continueToken: continueToken)
        let response = try await send(request)
        let bytes: [UInt8]
        do throws(HTTPTransportError) {
            bytes = try await response.collect(upTo: limit == nil ? Self.maximumResponseBytes : Self.maximumPageBytes)
        } catch {
            guard error.code == .tooLarge, let limit, limit > 1 else {
                throw KubernetesError(error, subject: request.subject)
            }
            return try await page(selection, limit: max(1, limit / 8), continueToken: continueToken)
        }
        do throws(JSONSyntaxError) {
            return try ObjectList(parsing: bytes)
        } catch {
            throw KubernetesError(.undecodable, "\(request.subject): \(error)", code: 200)
        }
    }

    /// All objects, read page by page.
    ///
    /// A list that takes so long that the server forgets its version is read once more, all at once.
    public func list<Object: KubernetesObject>(
        _ type: Object.Type = Object.self, _ selection: Selection = .everything
    ) async throws(KubernetesError) -> ObjectList<Object> {
        var all: ObjectList<Object> = try await page(selection)
        while let token = all.continueToken {
            let next: ObjectList<Object>
            do throws(KubernetesError) {
                next = try await page(selection, continueToken: token)
            } catch  where error.reason == .expired {
                return try await page(selection, limit: nil)
            }
            all.items += next.items
            all.undecodable += next.undecodable
            all.resourceVersion = next.resourceVersion
            all.continueToken = next.continueToken
        }
        return all
    }

    /// All objects as JSON, read page by page.
    public func list(
        _ resource: Resource, _ selection: Selection = .everything
    ) async throws(KubernetesError) -> [JSONValue] {
        var items: [JSONValue] = []
        var token: String?
        repeat {
            let page = try await document(.list(resource, selection, continueToken: token))
            items += page["items"]?.arrayValue ?? []
            token = page["metadata"]?["continue"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        } while token != nil
        return items
    }
}
