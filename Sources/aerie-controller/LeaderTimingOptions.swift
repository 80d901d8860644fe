import ArgumentParser
import ControllerRuntime

/// How long leadership lasts without renewal, with the flags of Kubernetes' own components.
struct LeaderTimingOptions: ParsableArguments {
    @Option(name: .customLong("leader-elect-lease-duration"), help: "Seconds that others wait after the last renewal.")
    var leaseDuration = 15

    @Option(
        name: .customLong("leader-elect-renew-deadline"),
        help: "Seconds that the leader goes on after its last renewal; less than the lease's duration.")
    var renewDeadline = 10

    @Option(name: .customLong("leader-elect-retry-period"), help: "Seconds between attempts to acquire or renew.")
    var retryPeriod = 2

    func validate() throws {
        guard 0 < retryPeriod, retryPeriod < renewDeadline, renewDeadline < leaseDuration else {
            throw ValidationError(
                """
                --leader-elect-retry-period (\(retryPeriod)) must be less than --leader-elect-renew-deadline \
                (\(renewDeadline)), and that less than --leader-elect-lease-duration (\(leaseDuration))
                """)
        }
    }

    var timing: LeaderElection.Timing {
        LeaderElection.Timing(
            leaseDuration: .seconds(leaseDuration), renewDeadline: .seconds(renewDeadline),
            retryPeriod: .seconds(retryPeriod))
    }
}
