import ControllerRuntime
import KubernetesAPI
import TestRandom
import Testing

@Suite struct RequeueTests {
    static let rows: [(KubernetesError, Requeue)] = [
        (KubernetesError(.notFound), .whenSomethingChanges),
        (KubernetesError(.invalid), .terminal),
        (KubernetesError(.badRequest), .terminal),
        (KubernetesError(.tooManyRequests, retryAfter: .seconds(3)), .after(.seconds(3))),
        (KubernetesError(.tooManyRequests), .withBackoff),
        (KubernetesError(.conflict), .withBackoff),
        (KubernetesError(.forbidden), .withBackoff),
        (KubernetesError(.unreachable), .withBackoff),
    ]

    @Test(arguments: rows) func `each failure has one consequence`(error: KubernetesError, requeue: Requeue) {
        #expect(Requeue(error) == requeue)
    }

    @Test(arguments: KubernetesError.Reason.allCases) func `no failure is retried at once`(
        reason: KubernetesError.Reason
    ) {
        #expect(Requeue(KubernetesError(reason)) != .after(.zero))
    }

    @Test func `delays never exceed the limit, however many failures`() {
        var random = SeededGenerator(seed: 3)
        let backoff = Backoff(base: .milliseconds(1), limit: .seconds(60))
        for failures in [0, 1, 17, 63, 64, 1_000_000] {
            let delay = backoff.delay(afterFailures: failures, using: &random)
            #expect(delay > .zero && delay <= .seconds(60))
        }
    }
}
