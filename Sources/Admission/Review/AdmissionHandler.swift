import KubernetesAPI

/// Answers AdmissionReviews: bytes in, bytes out, no sockets.
public struct AdmissionHandler: Sendable {
    /// What goes back over HTTP.
    public struct Reply: Hashable, Sendable {
        /// 200 with an AdmissionReview, whatever it says; 400, 404, 408, 413 or 503 with a sentence.
        public var status: Int
        public var body: [UInt8]

        static func refusal(_ status: Int, _ sentence: String) -> Reply {
            Reply(status: status, body: Array((sentence + "\n").utf8))
        }
    }

    /// Bytes of the longest body that is read.
    ///
    /// etcd stores requests of at most 1.5 MiB, an update's review holds two objects, and the rest is for who asks and
    /// how. A larger object could not be stored, whatever we said of it.
    public static let maximumBodyBytes = 4 << 20

    /// Values in the largest document that is read.
    ///
    /// Objects of people have one in 15 bytes or more. Without this bound the bytes of a body would say nothing about the
    /// memory that reading it takes.
    public static let maximumValues = 200_000

    private let rules: [String: AdmissionRules]
    private let references: ReferenceCheck?

    /// - Parameters:
    ///   - rules: One for each kind.
    ///   - references: Looks for objects that specs name; `nil` to look at nothing but the spec itself.
    public init(rules: [AdmissionRules] = AdmissionRules.all, references: ReferenceCheck?) {
        self.rules = Dictionary(rules.map { ($0.path, $0) }) { first, _ in first }
        self.references = references
    }

    /// Where reviews are answered.
    var paths: [String] { rules.keys.sorted() }

    public func reply(to body: [UInt8], path: String) async -> Reply {
        guard let rules = rules[path] else {
            return .refusal(404, "nothing is validated at \(path); known are \(paths.joined(separator: ", "))")
        }
        guard body.count <= Self.maximumBodyBytes else {
            return .refusal(413, "the body has more than \(Self.maximumBodyBytes) bytes")
        }
        let values = JSONSize(body).values
        guard values <= Self.maximumValues else {
            return .refusal(413, "the body has about \(values) values, more than \(Self.maximumValues)")
        }
        let request: AdmissionRequest
        do throws(AdmissionRequest.Malformed) {
            request = try AdmissionRequest(parsing: body)
        } catch {
            return .refusal(400, error.description)
        }
        return Reply(status: 200, body: Array(await answer(to: request, rules).json.serialized))
    }

    private func answer(to request: AdmissionRequest, _ rules: AdmissionRules) async -> AdmissionAnswer {
        let verdict = rules.judge(request)
        var answer = AdmissionAnswer(
            uid: request.uid, resource: rules.resource, name: request.name, errors: verdict.errors,
            warnings: verdict.warnings)
        if answer.isAllowed, let references {
            answer.warnings += await references.missing(verdict.references, namespace: request.namespace)
        }
        return answer
    }
}
