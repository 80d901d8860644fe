/// How many of something there are and should be: the `scale` subresource of any kind that has one.
public struct Scale: Codable, Hashable, Sendable {
    public struct Spec: Codable, Hashable, Sendable {
        /// Left out for 0.
        public var replicas: Int?
    }

    public struct Status: Codable, Hashable, Sendable {
        public var replicas: Int
        /// As in `kubectl get -l`.
        public var selector: String?
    }

    public var spec: Spec?
    public var status: Status?
}
