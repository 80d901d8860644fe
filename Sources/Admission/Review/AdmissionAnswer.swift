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
    ///
    /// A document can be wrong in more places than anybody reads of: the first ``maximumCauses`` are told, each cut to
    /// ``maximumCauseLength``.
    private var status: JSONValue {
        let told = errors.prefix(Self.maximumCauses).map {
            FieldError($0.path.start(bytes: Self.maximumCauseLength), $0.message.start(bytes: Self.maximumCauseLength))
        }
        let rest = errors.count > told.count ? "; and \(errors.count - told.count) more" : ""
        let count = errors.count == 1 ? "1 field is wrong" : "\(errors.count) fields are wrong"
        return [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 422, "reason": "Invalid",
            "message": .string(
                "\(resource.kind) \"\(name)\": \(count): \(told.map(\.description).joined(separator: "; "))\(rest)"),
            "details": [
                "name": .string(name), "group": .string(resource.group), "kind": .string(resource.kind),
                "causes": .array(
                    told.map {
                        [
                            "reason": "FieldValueInvalid", "field": .string($0.path), "message": .string($0.message),
                        ]
                    }),
            ],
        ]
    }

    private static let maximumCauses = 100
    /// In bytes.
    private static let maximumCauseLength = 2_000

    /// The API server cuts warnings off after 4 KiB in all.
    private static let maximumWarnings = 16
    /// Longer ones are cut by the API server, without a sign.
    private static let maximumWarningLength = 256

    /// One line of printable text, since it travels in an HTTP header.
    private static func warning(_ warning: FieldError) -> JSONValue {
        // A scalar has at most four bytes: what is cut off below is not looked at.
        let scalars = warning.description.unicodeScalars.prefix(maximumWarningLength + 1).map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar
        }
        return .string(String(String.UnicodeScalarView(scalars)).start(bytes: maximumWarningLength))
    }
}

extension String {
    /// The text, or as much of its beginning as fits, with a sign that there was more.
    fileprivate func start(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, limit - "…".utf8.count))
        // Not within a character's bytes.
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end]) + "…"
    }
}
