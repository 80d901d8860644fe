public import AerieAPI
public import KubernetesAPI

/// What is to be done about one promotion.
///
/// The rule book, in order: a promotion that failed stays so; a wrong spec is explained; a checkpoint that does not pass
/// the gates is not promoted; without an image a job exports, builds and pushes; with an image the deployment and the
/// service of its digest are applied, unless a later promotion has taken them over.
///
/// - Guarantees: the image is built by one job of a name that follows from the promotion's; what runs is always a digest;
///   of two promotions for the same deployment the one that was created later wins, whoever is looked at first.
public enum PromotionDecision {
    /// All that the decision may depend on.
    public struct Observed: Sendable {
        public var promotion: ModelPromotion
        /// The job of the promotion's name, whoever it belongs to.
        public var job: Job?
        /// The pods of that job.
        public var pods: [Pod]
        /// The deployment of the serving name, whoever it belongs to.
        public var deployment: Deployment?
        public var service: Service?
        public var now: Time
        /// Why the previous plan for this promotion could not be carried out to its end.
        public var lastError: KubernetesError?
        /// The uids of the promotions that share the deployment and the service.
        public var siblings: Set<String>

        public init(
            promotion: ModelPromotion, job: Job? = nil, pods: [Pod] = [], deployment: Deployment? = nil,
            service: Service? = nil, now: Time, lastError: KubernetesError? = nil, siblings: Set<String> = []
        ) {
            self.siblings = siblings
            self.promotion = promotion
            self.job = job
            self.pods = pods
            self.deployment = deployment
            self.service = service
            self.now = now
            self.lastError = lastError
        }
    }

    public static func decide(_ observed: Observed) -> Plan {
        guard observed.promotion.metadata.deletionTimestamp == nil else { return .nothing }
        var round = PromotionRound(observed)
        guard !round.hasFailed else { return .nothing }
        if round.isSpecValid(), round.passesGates() {
            if let image = round.status.image {
                round.roll(out: image)
            } else {
                round.build()
            }
        }
        return round.plan
    }
}
