import KubernetesAPI

extension TFJob {
    /// How many pods of one type are in which state.
    public struct ReplicaStatus: Codable, Hashable, Sendable {
        /// Pods that run or are still about to stop; it reaches 0 when they are really gone.
        public var active: Int
        public var succeeded: Int
        public var failed: Int
        /// Finds the pods of this type, in the form that `kubectl get -l` takes.
        public var selector: String?
        /// Restarts of this type that count against `backoffLimit`.
        public var restarts: Int
        /// Pods of this type that were lost without fault of the program.
        public var disruptions: Int
        /// Indexes that have succeeded, such as `0,2-4`; they are not started again when their pod is deleted.
        public var completedIndexes: CompletedIndexes

        public init(
            active: Int = 0, succeeded: Int = 0, failed: Int = 0, selector: String? = nil, restarts: Int = 0,
            disruptions: Int = 0, completedIndexes: CompletedIndexes = CompletedIndexes()
        ) {
            self.active = active
            self.succeeded = succeeded
            self.failed = failed
            self.selector = selector
            self.restarts = restarts
            self.disruptions = disruptions
            self.completedIndexes = completedIndexes
        }

        private enum CodingKeys: String, CodingKey {
            case active, succeeded, failed, selector, restarts, disruptions, completedIndexes
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            active = try container.decodeIfPresent(Int.self, forKey: .active) ?? 0
            succeeded = try container.decodeIfPresent(Int.self, forKey: .succeeded) ?? 0
            failed = try container.decodeIfPresent(Int.self, forKey: .failed) ?? 0
            selector = try container.decodeIfPresent(String.self, forKey: .selector)
            restarts = try container.decodeIfPresent(Int.self, forKey: .restarts) ?? 0
            disruptions = try container.decodeIfPresent(Int.self, forKey: .disruptions) ?? 0
            completedIndexes =
                try container.decodeIfPresent(CompletedIndexes.self, forKey: .completedIndexes) ?? CompletedIndexes()
        }

        public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

        /// Zeros are left out, as upstream does.
        var json: JSONValue {
            // `nil` alone could be read as the JSON value null, which the API server refuses.
            func counted(_ number: Int) -> JSONValue? { number == 0 ? Optional.none : JSONValue(number) }
            return JSONValue(compacting: [
                "active": counted(active), "succeeded": counted(succeeded), "failed": counted(failed),
                "selector": selector.map(JSONValue.string), "restarts": counted(restarts),
                "disruptions": counted(disruptions),
                "completedIndexes": completedIndexes.isEmpty ? Optional.none : .string(completedIndexes.description),
            ])
        }
    }
}
