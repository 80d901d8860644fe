public import KubernetesAPI

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
    ///
    /// - Throws: What is wrong with a text whose items cannot even be told apart.
    init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        do throws(JSONSyntaxError) {
            let json = try JSONValue(parsing: bytes)
            let items = (json["items"]?.arrayValue ?? []).map { decodeObject(Object.self, $0) }
            self.init(items, metadata: json["metadata"])
        } catch {
            // One object can be valid for the server and too much for the parser, such as one that is nested deeply.
            var scanner = JSONScanner(bytes)
            let members = scanner.members()
            guard let range = members["items"], let metadata = members["metadata"],
                let list = try? JSONValue(parsing: bytes[metadata])
            else { throw error }
            var items = JSONScanner(bytes, in: range)
            self.init(items.elements().map { decodeObject(Object.self, bytes, in: $0) }, metadata: list)
        }
    }

    private init(_ items: [Result<Object, UndecodableObject>], metadata: JSONValue?) {
        self.init(
            items: [], resourceVersion: metadata?["resourceVersion"]?.stringValue ?? "",
            continueToken: metadata?["continue"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 })
        for item in items {
            switch item {
            case .success(let object): self.items.append(object)
            case .failure(let error): undecodable.append(error)
            }
        }
    }
}
