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

    /// Decodes a list document item by item, so that only one of them at a time is a tree.
    ///
    /// - Throws: What is wrong with a text whose items cannot even be told apart.
    init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        var document = JSONScanner(bytes)
        let members = document.members()
        guard document.isClosed, document.isAtEnd() else { throw Self.syntaxError(in: bytes) }
        var items: [Result<Object, UndecodableObject>] = []
        if let range = members["items"] {
            var scanner = JSONScanner(bytes, in: range)
            let elements = scanner.elements()
            // An empty list may be null.
            guard scanner.isClosed || (try? JSONValue(parsing: bytes[range])) == .null else {
                throw Self.syntaxError(in: bytes)
            }
            items = elements.map { decodeObject(Object.self, bytes, in: $0) }
        }
        let metadata = members["metadata"].map { bytes[$0] }
        self.init(items, metadata: try metadata.map { text throws(JSONSyntaxError) in try JSONValue(parsing: text) })
    }

    /// In the parser's words.
    private static func syntaxError(in bytes: [UInt8]) -> JSONSyntaxError {
        do throws(JSONSyntaxError) {
            _ = try JSONValue(parsing: bytes)
            return JSONSyntaxError(offset: 0, problem: "the document is no list")
        } catch {
            return error
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
