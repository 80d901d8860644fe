/// An object and what there is around it, as documents.
public struct World: Sendable {
    /// A kind of ours.
    public enum Kind: String, CaseIterable, Sendable {
        case tfJob = "TFJob"
        case experiment = "TrainingExperiment"
        case trial = "Trial"
        case promotion = "ModelPromotion"
        case profile = "AcceleratorProfile"
    }

    /// Something that a decision about the object looks at.
    public struct Part: Sendable {
        public enum Kind: Hashable, Sendable {
            case pod, service, podGroup, tfJob, trial, promotion, job, deployment, profile
            /// What the containers of pods say in the end.
            case message
        }

        public var kind: Kind
        public var document: Document

        public init(_ kind: Kind, _ document: Document) {
            self.kind = kind
            self.document = document
        }
    }

    public var object: Document
    public var parts: [Part]
    /// Seconds since 1970.
    public var now = SampleMetadata.now

    /// A good object in the middle of its life.
    public init(_ kind: Kind) {
        (object, parts) =
            switch kind {
            case .tfJob: (TFJobSample.document, TFJobSample.parts)
            case .experiment: (ExperimentSample.document, ExperimentSample.parts)
            case .trial: (TrialSample.document, TrialSample.parts)
            case .promotion: (PromotionSample.document, PromotionSample.parts)
            case .profile: (ProfileSample.document, [])
            }
    }

    /// The object as it was made, before a controller saw it.
    public var objectWithoutStatus: Document {
        var document = object
        document["status"] = nil
        return document
    }
}
