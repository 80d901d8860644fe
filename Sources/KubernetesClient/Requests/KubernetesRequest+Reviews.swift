import HTTPTransport
import KubernetesAPI

/// Questions about who someone is and what they may do. Nothing is stored; the answer is in the `status`.
extension KubernetesRequest {
    /// Whose token this is.
    public static func review(token: String, audiences: [String]) -> Self {
        var request = Self(.post, path: "/apis/authentication.k8s.io/v1/tokenreviews", subject: "review a token")
        request.body = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
            "spec": JSONValue(compacting: [
                "token": .string(token),
                "audiences": audiences.isEmpty ? nil : .array(audiences.map { .string($0) }),
            ]),
        ]
        return request
    }

    /// Whether `subject` may do this; `nil` asks about ourselves.
    public static func review(_ access: AccessReview, of subject: AccessReview.Subject?) -> Self {
        let kind = subject == nil ? "SelfSubjectAccessReview" : "SubjectAccessReview"
        var request = Self(
            .post, path: "/apis/authorization.k8s.io/v1/\(kind.lowercased())s",
            subject: "review whether \(subject?.user ?? "we") may \(access)")
        request.body = [
            "apiVersion": "authorization.k8s.io/v1", "kind": .string(kind),
            "spec": JSONValue(compacting: [
                "resourceAttributes": access.attributes,
                "user": subject.map { .string($0.user) },
                "groups": subject.map { .array($0.groups.map { .string($0) }) },
                "uid": subject?.uid.map { .string($0) },
            ]),
        ]
        return request
    }
}
