/// What the API server knows about a token.
public struct TokenReview: Codable, Hashable, Sendable {
    public struct User: Codable, Hashable, Sendable {
        public var username: String?
        public var uid: String?
        public var groups: [String]?
    }

    /// `nil` means no.
    public var authenticated: Bool?
    public var user: User?
    /// Those of the asked audiences that the token is for.
    public var audiences: [String]?
    /// Why not.
    public var error: String?
}
