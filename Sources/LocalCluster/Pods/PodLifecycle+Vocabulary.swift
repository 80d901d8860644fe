package import KubernetesAPI

extension PodLifecycle {
    /// Something that happened to the pod.
    package enum Event: Hashable, Sendable {
        /// Address and volumes are there.
        case prepared
        /// Address or volumes are not there yet; the shell tries again by itself.
        case preparationFailed(message: String)
        /// The container could not be created: an image or a ConfigMap is missing. It may work later.
        case notCreated(container: String, reason: String, message: String)
        case started(container: String, image: StartedContainer)
        /// The container's `postStart` hook failed, so it does not count as started and must not stay.
        case startHookFailed(container: String, message: String)
        /// The container's `preStop` hook failed; it ends all the same.
        case stopHookFailed(container: String, message: String)
        /// The container's process ended, or could not even be executed.
        case exited(container: String, Exit)
        /// The delay of an earlier ``Action/wait(container:attempt:for:)`` has passed.
        case waited(container: String, attempt: Int)
        /// A probe's answer crossed its threshold.
        case probed(container: String, ProbeKind, passed: Bool, message: String)
        /// The object was marked for deletion; the processes have this many seconds.
        case deletionRequested(gracePeriod: Int)
        /// The object is gone although the pod was still running.
        case objectGone
        /// `activeDeadlineSeconds` have passed.
        case deadlinePassed
        /// The node agent ends; the processes have this many seconds, and the pod goes on when the agent is back.
        case nodeStopping(gracePeriod: Int)
    }

    /// Something that the shell shall do.
    package enum Action: Hashable, Sendable {
        /// Allocate the address, put the volumes in place.
        case prepare
        /// Get the image and run the container; `attempt` counts from 0.
        case start(container: String, attempt: Int)
        /// Send ``Event/waited(container:attempt:)`` after this time.
        case wait(container: String, attempt: Int, for: Duration)
        /// The `preStop` hook unless it has been run, SIGTERM, and SIGKILL after the grace period (seconds).
        case stop(container: String, gracePeriod: Int)
        /// The `preStop` hook of a sidecar that is stopped later, when its turn comes; it has this many seconds.
        case runStopHook(container: String, timeout: Int)
        /// Send ``Event/deadlinePassed`` after this time.
        case awaitDeadline(Duration)
        /// Tell people who run `kubectl describe`.
        case event(Plan.Event)
        /// Every process has ended for good: give back what ``prepare`` took.
        case release
        /// Everything has been reported: delete the object with grace period 0.
        case deleteObject
        /// Nothing is left to do for this pod.
        case forget
    }

    package struct StartedContainer: Hashable, Sendable {
        package var containerID: String
        package var imageID: String

        package init(containerID: String, imageID: String) {
            self.containerID = containerID
            self.imageID = imageID
        }
    }

    package struct Exit: Hashable, Sendable {
        /// 128 + signal when a signal ended it.
        package var code: Int
        package var reason: String?
        package var message: String?

        package init(code: Int, reason: String? = nil, message: String? = nil) {
            self.code = code
            self.reason = reason
            self.message = message
        }
    }

    package enum ProbeKind: String, Hashable, Sendable, CaseIterable {
        case startup = "Startup"
        case liveness = "Liveness"
        case readiness = "Readiness"
    }
}
