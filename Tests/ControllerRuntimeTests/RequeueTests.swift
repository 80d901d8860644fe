import ControllerRuntime
import KubernetesAPI
import TestRandom
import Testing

@Suite struct RequeueTests {
    static let rows: [(KubernetesError, Requeue)] = [
        (KubernetesError(.notFound), .withBackoff),
        (KubernetesError(.invalid), .withBackoff),
        (KubernetesError(.badRequest), .withBackoff),
        (KubernetesError(.requestEntityTooLarge), .withBackoff),
        (KubernetesError(.tooManyRequests, retryAfter: .seconds(3)), .after(.seconds(3))),
        (KubernetesError(.tooManyRequests, retryAfter: .zero), .after(.seconds(1))),
        (KubernetesError(.tooManyRequests, retryAfter: .seconds(3_600)), .after(.seconds(60))),
        (KubernetesError(.tooManyRequests), .withBackoff),
        (KubernetesError(.conflict), .withBackoff),
        (KubernetesError(.forbidden), .withBackoff),
        (KubernetesError(.unreachable), .withBackoff),
    ]

    @Test(arguments: rows) func `each failure has one consequence`(error: KubernetesError, requeue: Requeue) {
        #expect(Requeue(error) == requeue)
    }

    @Test(arguments: KubernetesError.Reason.allCases) func `every failure is tried again, and none at once`(
        reason: KubernetesError.Reason
    ) {
        for wait in [nil, Duration.zero, .seconds(7)] {
            let requeue = Requeue(KubernetesError(reason, retryAfter: wait))
            switch requeue {
            case .after(let delay): #expect(delay >= .seconds(1) && delay <= .seconds(60))
            case .withBackoff: break
            case .whenSomethingChanges, .tidying: Issue.record("\(reason) is never tried again by itself")
            }
        }
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
