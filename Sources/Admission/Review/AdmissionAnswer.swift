public import KubernetesAPI

/// The answer to one AdmissionReview, as the API server reads it.
public struct AdmissionAnswer: Hashable, Sendable {
    public static let apiVersion = "admission.k8s.io/v1"

    public var uid: String
    public var resource: Resource
    /// The object's name.
    public var name: String
    public var errors: [FieldError]
    public var warnings: [FieldError]

    public init(
        uid: String, resource: Resource, name: String, errors: [FieldError] = [], warnings: [FieldError] = []
    ) {
        self.uid = uid
        self.resource = resource
        self.name = name
        self.errors = errors
        self.warnings = warnings
    }

    public var isAllowed: Bool { errors.isEmpty }

    public var json: JSONValue {
        var response = JSONValue(compacting: [
            "uid": .string(uid), "allowed": .bool(isAllowed),
            "warnings": warnings.isEmpty ? nil : .array(warnings.prefix(Self.maximumWarnings).map(Self.warning)),
        ])
        if !isAllowed { response["status"] = status }
        return ["apiVersion": .string(Self.apiVersion), "kind": "AdmissionReview", "response": response]
    }

    /// As the API server itself speaks of invalid objects: every field is a cause, which kubectl prints line by line.
    private var status: JSONValue {
        let count = errors.count == 1 ? "1 field is wrong" : "\(errors.count) fields are wrong"
        return [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 422, "reason": "Invalid",
            "message": .string(
                "\(resource.kind) \"\(name)\": \(count): \(errors.map(\.description).joined(separator: "; "))"),
            "details": [
                "name": .string(name), "group": .string(resource.group), "kind": .string(resource.kind),
                "causes": .array(
                    errors.map {
                        [
                            "reason": "FieldValueInvalid", "field": .string($0.path), "message": .string($0.message),
                        ]
                    }),
            ],
        ]
    }

    /// The API server cuts warnings off after 4 KiB in all.
    private static let maximumWarnings = 16
    /// Longer ones are cut by the API server, without a sign.
    private static let maximumWarningLength = 256

    /// One line of printable text, since it travels in an HTTP header.
    private static func warning(_ warning: FieldError) -> JSONValue {
        let scalars = warning.description.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar
        }
        var text = String(String.UnicodeScalarView(scalars))
        if text.utf8.count > maximumWarningLength {
            while text.utf8.count > maximumWarningLength - "…".utf8.count { text.removeLast() }
            text += "…"
        }
        return .string(text)
    }
}
