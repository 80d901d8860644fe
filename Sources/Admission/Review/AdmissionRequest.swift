public import KubernetesAPI

/// What the API server asks: whether this object may be stored.
///
/// One `admission.k8s.io/v1` AdmissionReview, with the fields that the answer depends on. Whether the request is a dry
/// run is not among them, so that the answer cannot depend on it.
public struct AdmissionRequest: Hashable, Sendable {
    public enum Operation: String, Hashable, Sendable {
        case create = "CREATE"
        case update = "UPDATE"
        case delete = "DELETE"
        case connect = "CONNECT"
    }

    /// Names the request; the answer repeats it.
    public var uid: String
    public var operation: Operation
    /// Empty for cluster-scoped objects.
    public var namespace: String
    public var name: String
    /// `status` for a change of the status alone.
    public var subresource: String
    public var object: JSONValue
    /// What is stored now; `nil` for a new object.
    public var stored: JSONValue?

    /// Why a body is no AdmissionReview, for whoever sent it.
    public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    public init(parsing body: [UInt8]) throws(Malformed) {
        let review: JSONValue
        do throws(JSONSyntaxError) {
            review = try JSONValue(parsing: body)
        } catch {
            throw Malformed(description: "the body is no JSON document: \(error)")
        }
        guard review["kind"]?.stringValue == "AdmissionReview",
            review["apiVersion"]?.stringValue == AdmissionAnswer.apiVersion
        else {
            throw Malformed(description: "the body is no AdmissionReview of \(AdmissionAnswer.apiVersion)")
        }
        guard let request = review["request"], request.objectValue != nil else {
            throw Malformed(description: "the AdmissionReview has no request")
        }
        guard let uid = request["uid"]?.stringValue, !uid.isEmpty else {
            throw Malformed(description: "request.uid is missing")
        }
        guard let operation = request["operation"]?.stringValue.flatMap(Operation.init) else {
            throw Malformed(
                description:
                    "request.operation is \(request["operation"] ?? .null), not CREATE, UPDATE, DELETE or CONNECT")
        }
        self.uid = uid
        self.operation = operation
        namespace = request["namespace"]?.stringValue ?? ""
        name = request["name"]?.stringValue ?? ""
        subresource = request["subResource"]?.stringValue ?? ""
        object = request["object"] ?? .null
        stored = request["oldObject"].flatMap { $0.isNull ? nil : $0 }
        if (operation == .create || operation == .update) && object.objectValue == nil {
            throw Malformed(description: "request.object is missing")
        }
        if operation == .update && stored?.objectValue == nil {
            throw Malformed(description: "request.oldObject is missing")
        }
        // A new object may get its name from the server, which then stands in the object alone.
        if name.isEmpty { name = object["metadata"]?["name"]?.stringValue ?? "" }
    }
}
