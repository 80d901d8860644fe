import Subprocess

extension Environment {
    /// Exactly these variables; nothing of this process's own environment.
    static func exactly(_ variables: [String: String]) -> Environment {
        .custom(
            Dictionary(
                variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) },
                uniquingKeysWith: { _, last in last }))
    }
}
