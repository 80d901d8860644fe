import AerieAPI
import KubernetesAPI

/// From a new trial to its job.
extension TrialRound {
    mutating func begin() {
        if status.tfJobUID != nil, !trial.spec.stop {
            fail(.tfJobDeleted, "The trial's TFJob was deleted before it had ended.")
        } else if trial.spec.stop {
            stop()
        } else if let settings = podSettings {
            wait(TrialReason.tfJobCreated.rawValue, "Waiting for the TFJob to start.")
            noteRefusal()
            actions.append(.create(tfJobManifest(settings)))
        }
    }

    mutating func stop() {
        end(.stopped, TrialReason.stoppedByExperiment.rawValue, "The experiment no longer needs the trial's result.")
    }

    /// Where the pod may run and what it gets; `nil` while that is not known, and the status says why.
    private var podSettings: PodSettings? {
        mutating get {
            guard let wanted = trial.spec.template.accelerator else {
                return PodSettings(nodeSelector: [:], tolerations: [], limits: [:])
            }
            guard let profile else {
                trouble(
                    .acceleratorProfileNotFound,
                    """
                    There is no AcceleratorProfile \(wanted.profile); `kubectl get accel` lists them. The trial starts \
                    when one of this name is created.
                    """)
                return nil
            }
            guard profile.allows(namespace: trial.metadata.namespace) else {
                let allowed = profile.spec.allowedNamespaces.joined(separator: ", ")
                trouble(
                    .acceleratorNotAllowed,
                    """
                    The AcceleratorProfile \(wanted.profile) is for the namespaces \(allowed), not for \
                    \(trial.metadata.namespace); ask the cluster's admin to add it.
                    """)
                return nil
            }
            return profile.podSettings(count: wanted.count)
        }
    }

    private mutating func trouble(_ reason: TrialReason, _ message: String) {
        wait(reason.rawValue, message, isTrouble: true)
        requeueAfter = .seconds(30)
    }

    /// What the API server said when the job was to be created.
    private mutating func noteRefusal() {
        guard let lastError, lastError.isRefusal else { return }
        wait(TrialReason.tfJobRefused.rawValue, "The TFJob was refused: \(lastError.message)", isTrouble: true)
    }
}
