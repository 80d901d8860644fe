import FoundationEssentials
import Glibc
import KubernetesAPI

/// Many cases of one kind, one after the other.
///
/// A trap ends the whole process. So that the case is known afterwards, its name stands in a file from before it begins
/// until all have ended well: `scripts/test` shows what is left.
public struct MutationCampaign: Sendable {
    /// What became of the cases.
    public struct Tally: Sendable {
        public var unreadable = 0
        public var wrong = 0
        public var good = 0
        public var statuses = 0
        public var actions = 0
        /// The longest case, in seconds of this process's time, and which it was.
        public var longest = (seconds: 0.0, seed: UInt64(0))
    }

    public let kind: World.Kind
    public let seeds: Range<UInt64>

    /// - Parameters:
    ///   - kind: What is mutated.
    ///   - count: How many cases; the environment's `AERIE_MUTATIONS` may ask for more.
    public init(_ kind: World.Kind, count: UInt64) {
        self.kind = kind
        let wanted = ProcessInfo.processInfo.environment["AERIE_MUTATIONS"].flatMap { UInt64($0) }
        seeds = 0..<max(count, wanted ?? 0)
    }

    /// Where the name of the case is kept that is being tried.
    var path: String {
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        return "\(folder)/mutation-\(kind.rawValue)-\(getpid())"
    }

    /// Tries all cases.
    ///
    /// - Throws: What `body` throws for a case.
    public func run(
        isolation: isolated (any Actor)? = #isolation, _ body: (MutationCase) async throws -> MutatedLife.Outcome
    ) async throws -> Tally {
        let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o644)
        defer {
            close(file)
            unlink(path)
        }
        var tally = Tally()
        for seed in seeds {
            Self.note("\(kind.rawValue), seed \(seed)\n", in: file)
            let mutation = MutationCase(kind, seed: seed)
            let began = clock()
            let outcome = try await body(mutation)
            let seconds = Double(clock() - began) / Double(CLOCKS_PER_SEC)
            if seconds > tally.longest.seconds { tally.longest = (seconds, seed) }
            switch outcome.errorCount {
            case nil: tally.unreadable += 1
            case 0: tally.good += 1
            default: tally.wrong += 1
            }
            tally.actions += outcome.actionCount
            if outcome.status != nil { tally.statuses += 1 }
        }
        return tally
    }

    private static func note(_ name: String, in file: Int32) {
        var name = name
        name.withUTF8 { bytes in
            // Seeds only get longer, so that what is written before is overwritten.
            _ = pwrite(file, bytes.baseAddress, bytes.count, 0)
        }
    }
}
