public import KubernetesAPI

/// Subresources and reviews: what is asked of objects without being one.
extension KubernetesClient {
    /// How many replicas an object has and should have.
    public func scale(_ reference: Reference) async throws(KubernetesError) -> Scale {
        let request = KubernetesRequest.get(reference, subresource: "scale")
        return try await Self.decode(document(request), subject: request.subject)
    }

    /// Asks for so many replicas.
    ///
    /// - Returns: The scale with the new number in its spec; the status follows later.
    @discardableResult
    public func scale(_ reference: Reference, to replicas: Int) async throws(KubernetesError) -> Scale {
        let request = KubernetesRequest.mergePatch(
            reference, ["spec": ["replicas": JSONValue(replicas)]], fieldManager: fieldManager, subresource: "scale")
        return try await Self.decode(document(request), subject: request.subject)
    }

    /// Asks the server whose token this is.
    ///
    /// - Parameters:
    ///   - token: Never logged; not part of errors.
    ///   - audiences: The token must be for one of these; by default for the API server.
    /// - Returns: Also for a token that nobody knows, with `authenticated` unset.
    public func review(token: String, audiences: [String] = []) async throws(KubernetesError) -> TokenReview {
        let request = KubernetesRequest.review(token: token, audiences: audiences)
        return try await Self.decode(document(request)["status"] ?? .null, subject: request.subject)
    }

    /// Asks the server whether `subject` may do something; `nil` asks about ourselves, which everybody may.
    public func review(
        _ access: AccessReview, of subject: AccessReview.Subject? = nil
    ) async throws(KubernetesError) -> AccessReview.Answer {
        let request = KubernetesRequest.review(access, of: subject)
        return try await Self.decode(document(request)["status"] ?? .null, subject: request.subject)
    }
}
