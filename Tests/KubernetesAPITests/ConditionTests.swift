import KubernetesAPI
import Testing

@Suite struct ConditionTests {
    private func condition(_ status: Condition.Status, reason: String) -> Condition {
        Condition(type: "Running", status: status, reason: reason, message: "")
    }

    @Test func `the transition time changes with the status only`() {
        var conditions: [Condition] = []
        conditions.set(condition(.yes, reason: "A"), at: Time(seconds: 1))
        conditions.set(condition(.yes, reason: "B"), at: Time(seconds: 2))
        #expect(conditions.count == 1)
        #expect(conditions.first("Running")?.reason == "B")
        #expect(conditions.first("Running")?.lastTransitionTime == Time(seconds: 1))
        conditions.set(condition(.no, reason: "C"), at: Time(seconds: 3))
        #expect(conditions.first("Running")?.lastTransitionTime == Time(seconds: 3))
        #expect(!conditions.isTrue("Running"))
    }
}
