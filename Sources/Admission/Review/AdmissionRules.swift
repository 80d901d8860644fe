public import AerieAPI
public import KubernetesAPI

/// The rules of one kind and the path at which the API server asks for them.
public struct AdmissionRules: Sendable {
    public let resource: Resource
    let judge: @Sendable (AdmissionRequest) -> Verdict

    public init<Object: CheckedObject>(for type: Object.Type) {
        resource = Object.resource
        judge = { Verdict(on: $0, as: type) }
    }

    /// `/validate-<group with dashes>-<version>-<kind>`: where the training operator has it for a TFJob.
    public var path: String {
        let group = String(resource.group.map { $0 == "." ? "-" : $0 })
        return "/validate-\(group)-\(resource.version)-\(resource.kind.lowercased())"
    }

    /// Every kind of ours.
    public static let all = [
        AdmissionRules(for: TFJob.self), AdmissionRules(for: TrainingExperiment.self), AdmissionRules(for: Trial.self),
        AdmissionRules(for: ModelPromotion.self), AdmissionRules(for: AcceleratorProfile.self),
    ]
}
