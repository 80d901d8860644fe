public import KubernetesAPI

/// An object that could not be read as the type that code expects.
public struct UndecodableObject: Error, Hashable, Sendable, CustomStringConvertible {
    public var reference: Reference
    public var uid: String
    public var resourceVersion: String
    /// Names the field.
    public var problem: String
    /// Whether a watch said that the object is gone.
    public var isDeleted: Bool

    public init(
        reference: Reference, uid: String = "", resourceVersion: String, problem: String, isDeleted: Bool = false
    ) {
        self.reference = reference
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.problem = problem
        self.isDeleted = isDeleted
    }

    public var description: String { "\(reference): \(problem)" }

    /// - Parameters:
    ///   - resource: What it should have been.
    ///   - problem: Names the field.
    ///   - metadata: The text of a member of the object's metadata; empty when there is none.
    init(_ resource: Resource, problem: String, metadata: (String) -> String?) {
        self.init(
            reference: Reference(resource, namespace: metadata("namespace") ?? "", name: metadata("name") ?? ""),
            uid: metadata("uid") ?? "", resourceVersion: metadata("resourceVersion") ?? "", problem: problem)
    }
}

/// Decodes one object of a list or a watch.
func decodeObject<Object: KubernetesObject>(
    _ type: Object.Type, _ json: JSONValue
) -> Result<Object, UndecodableObject> {
    let problem: String
    do {
        return .success(try json.withoutAppliedCopy.decode(Object.self))
    } catch let error as DecodingError {
        problem = error.sentence
    } catch {
        problem = "\(error)"
    }
    return .failure(
        UndecodableObject(Object.resource, problem: problem) { json["metadata"]?[$0]?.stringValue })
}

/// Decodes one object out of a text that the parser has refused, perhaps because of another object.
func decodeObject<Object: KubernetesObject>(
    _ type: Object.Type, _ bytes: [UInt8], in range: Range<Int>
) -> Result<Object, UndecodableObject> {
    do throws(JSONSyntaxError) {
        return decodeObject(Object.self, try JSONValue(parsing: bytes[range]))
    } catch {
        // Member by member, since `managedFields` is nested as deeply as the object is.
        var object = JSONScanner(bytes, in: range)
        let metadata = object.members()["metadata"].map { range in
            var scanner = JSONScanner(bytes, in: range)
            return scanner.members()
        }
        return .failure(
            UndecodableObject(Object.resource, problem: error.problem) { name in
                metadata?[name].flatMap { try? JSONValue(parsing: bytes[$0]) }?.stringValue
            })
    }
}
