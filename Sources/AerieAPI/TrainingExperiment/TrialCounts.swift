import KubernetesAPI

/// How many trials there are, by what became of them.
///
/// ``created`` is raised before the trials are created, and ``confirmed`` once they were seen: a number between the two
/// without an object is created again, and one up to ``confirmed`` without an object was deleted by someone and stays so.
public struct TrialCounts: Codable, Hashable, Sendable {
    /// The highest number that was given to a trial.
    public var created: Int
    /// All trials up to this number have been seen.
    public var confirmed: Int
    public var pending: Int
    public var running: Int
    public var succeeded: Int
    public var failed: Int
    /// Ended by the experiment because their result was no longer needed.
    public var stopped: Int
    /// Objects that someone deleted.
    public var deleted: Int

    public init(
        created: Int = 0, confirmed: Int = 0, pending: Int = 0, running: Int = 0, succeeded: Int = 0, failed: Int = 0,
        stopped: Int = 0, deleted: Int = 0
    ) {
        self.created = created
        self.confirmed = confirmed
        self.pending = pending
        self.running = running
        self.succeeded = succeeded
        self.failed = failed
        self.stopped = stopped
        self.deleted = deleted
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        created = try container.decode(.created, default: 0)
        confirmed = try container.decode(.confirmed, default: 0)
        pending = try container.decode(.pending, default: 0)
        running = try container.decode(.running, default: 0)
        succeeded = try container.decode(.succeeded, default: 0)
        failed = try container.decode(.failed, default: 0)
        stopped = try container.decode(.stopped, default: 0)
        deleted = try container.decode(.deleted, default: 0)
    }

    /// Trials that have ended, in whatever way.
    public var ended: Int { [succeeded, failed, stopped, deleted].total { $0 } }
    /// Trials that use or will use the cluster.
    public var active: Int { created.subtractingWithSaturation(ended) }
}
