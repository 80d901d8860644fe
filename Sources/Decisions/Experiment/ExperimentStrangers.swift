import AerieAPI
import KubernetesAPI

/// Trials that name the experiment as their owner though it cannot have made them.
extension ExperimentRound {
    /// Says which there are and how to get rid of them; the condition goes when they do.
    mutating func noteStrangers() {
        guard let first = roll.strangers.first else {
            status.conditions.removeAll { $0.type == Self.strangersCondition }
            return
        }
        let highest = max(limit, roll.created)
        let more = roll.strangers.count.subtractingWithSaturation(1)
        let others = more > 0 ? " (and \(more) more)" : ""
        let message = """
            Trial \(first.metadata.name), number \(first.spec.number)\(others), names this experiment as its owner, but \
            the experiment did not make it: its trials have the numbers 1 to \(highest), each in its name. It does not \
            count, and its number is not followed; if nobody needs it: kubectl delete trial \(first.metadata.name) \
            -n \(first.metadata.namespace)
            """
        if status.conditions.first(Self.strangersCondition)?.message != message {
            tell(.warning, .unexpectedTrials, message)
        }
        set(Self.strangersCondition, .yes, .unexpectedTrials, message)
    }

    private static let strangersCondition = "UnexpectedTrials"
}
