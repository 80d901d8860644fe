public import KubernetesAPI

/// What a trial is told: the values of its container's environment variables.
public struct TrialEnvironment: Hashable, Sendable {
    public var experiment: String
    public var trial: String
    public var trialUID: String
    /// Values by the name of a field of the trainer's `model` or `training` block.
    public var parameters: [String: JSONValue]
    /// Where the pod finds the data, for example `file:///data/landsat`.
    public var datasetURI: String
    /// The digest that the data must have; `nil` to record what it has.
    public var datasetDigest: String?
    /// The trial's own folder, for example `file:///checkpoints/default/landsat-1f0c2a9b/landsat-3`.
    public var checkpointURI: String
    /// How many checkpoints stay, besides the latest.
    public var checkpointKeep: Int
    public var objective: Objective
    /// The experiment's trainer block without its image.
    public var trainer: JSONValue

    /// When nothing else is said.
    public static let defaultKeep = 3

    public init(
        experiment: String, trial: String, trialUID: String, parameters: [String: JSONValue], datasetURI: String,
        datasetDigest: String? = nil, checkpointURI: String, checkpointKeep: Int = TrialEnvironment.defaultKeep,
        objective: Objective, trainer: JSONValue
    ) {
        self.experiment = experiment
        self.trial = trial
        self.trialUID = trialUID
        self.parameters = parameters
        self.datasetURI = datasetURI
        self.datasetDigest = datasetDigest
        self.checkpointURI = checkpointURI
        self.checkpointKeep = checkpointKeep
        self.objective = objective
        self.trainer = trainer
    }
}

extension TrialEnvironment {
    /// The variables for the container, all but `AERIE_POD_UID`, which only the kubelet knows.
    ///
    /// Throws `EncodingError` only for an objective that JSON cannot hold.
    public func variables() throws -> [TrialVariable: String] {
        var variables: [TrialVariable: String] = [
            .contract: String(TrialContract.version),
            .experiment: experiment,
            .trial: trial,
            .trialUID: trialUID,
            .parameters: JSONValue.object(parameters).description,
            .datasetURI: datasetURI,
            .checkpointURI: checkpointURI,
            .checkpointKeep: String(checkpointKeep),
            .objective: try JSONValue(encoding: objective).description,
            .trainer: trainer.description,
        ]
        variables[.datasetDigest] = datasetDigest
        return variables
    }

    /// Reads the variables in a trial's container; the error names the variable that is missing or wrong.
    public init(variables: [String: String]) throws(FieldError) {
        func required(_ variable: TrialVariable) throws(FieldError) -> String {
            guard let value = variables[variable.rawValue], !value.isEmpty else {
                throw FieldError(variable.rawValue, "is not set; a trial's pod gets it from the controller")
            }
            return value
        }
        func json(_ variable: TrialVariable) throws(FieldError) -> JSONValue {
            let text = try required(variable)
            do { return try JSONValue(parsing: text) } catch {
                throw FieldError(variable.rawValue, error.description)
            }
        }
        let contract = try required(.contract)
        // From text: what is no number is told.
        guard let version = Int(contract), TrialContract.readable.contains(version) else {
            throw FieldError(
                TrialVariable.contract.rawValue,
                "must be one of \(TrialContract.readable), got \(contract): use a trainer image of the controller's release"
            )
        }
        guard let parameters = try json(.parameters).objectValue else {
            throw FieldError(TrialVariable.parameters.rawValue, "must be a JSON object")
        }
        let keepText = variables[TrialVariable.checkpointKeep.rawValue] ?? String(Self.defaultKeep)
        // From text: what is no number is told.
        guard let keep = Int(keepText), (1...1000).contains(keep) else {
            throw FieldError(TrialVariable.checkpointKeep.rawValue, "must be 1…1000, got \(keepText)")
        }
        let objective: Objective
        do { objective = try json(.objective).decode() } catch let error as FieldError { throw error } catch {
            let problem = (error as? DecodingError)?.sentence ?? "\(error)"
            throw FieldError(TrialVariable.objective.rawValue, problem)
        }
        self.init(
            experiment: try required(.experiment), trial: try required(.trial), trialUID: try required(.trialUID),
            parameters: Dictionary(parameters), datasetURI: try required(.datasetURI),
            datasetDigest: variables[TrialVariable.datasetDigest.rawValue].flatMap { $0.isEmpty ? nil : $0 },
            checkpointURI: try required(.checkpointURI), checkpointKeep: keep, objective: objective,
            trainer: try json(.trainer))
    }
}
