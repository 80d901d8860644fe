public import KubernetesAPI

/// An object that could not be read as the type that code expects.
public struct UndecodableObject: Error, Hashable, Sendable, CustomStringConvertible {
    public var reference: Reference
    public var resourceVersion: String
    /// Names the field.
    public var problem: String

    public init(reference: Reference, resourceVersion: String, problem: String) {
        self.reference = reference
        self.resourceVersion = resourceVersion
        self.problem = problem
    }

    public var description: String { "\(reference): \(problem)" }
}

/// Objects of one kind; those that cannot be decoded do not spoil the others.
public struct ObjectList<Object: KubernetesObject>: Sendable {
    public var items: [Object]
    public var undecodable: [UndecodableObject]
    /// Where a watch starts.
    public var resourceVersion: String
    /// Of the next page.
    public var continueToken: String?

    public init(
        items: [Object], undecodable: [UndecodableObject] = [], resourceVersion: String, continueToken: String? = nil
    ) {
        self.items = items
        self.undecodable = undecodable
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
    }

    /// Decodes a list document item by item.
    init(_ json: JSONValue) {
        items = []
        undecodable = []
        for item in json["items"]?.arrayValue ?? [] {
            switch decodeObject(Object.self, item) {
            case .success(let object): items.append(object)
            case .failure(let error): undecodable.append(error)
            }
        }
        resourceVersion = json["metadata"]?["resourceVersion"]?.stringValue ?? ""
        continueToken = json["metadata"]?["continue"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// Decodes one object of a list or a watch.
func decodeObject<Object: KubernetesObject>(
    _ type: Object.Type, _ json: JSONValue
) -> Result<Object, UndecodableObject> {
    let problem: String
    do {
        return .success(try json.decode(Object.self))
    } catch let error as DecodingError {
        problem = error.sentence
    } catch {
        problem = "\(error)"
    }
    let metadata = json["metadata"]
    let reference = Reference(
        Object.resource, namespace: metadata?["namespace"]?.stringValue ?? "",
        name: metadata?["name"]?.stringValue ?? "")
    return .failure(
        UndecodableObject(
            reference: reference, resourceVersion: metadata?["resourceVersion"]?.stringValue ?? "", problem: problem))
}

extension KubernetesClient {
    /// One page of a list.
    public func page<Object: KubernetesObject>(
        of type: Object.Type = Object.self, _ selection: Selection = .everything, limit: Int? = 500,
        continueToken: String? = nil
    ) async throws(KubernetesError) -> ObjectList<Object> {
        let json = try await document(
            .list(Object.resource, selection, limit: limit, continueToken: continueToken))
        return ObjectList(json)
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
