import AerieAPI
import KubernetesAPI

/// Deadlines fire by themselves: whoever asks whether one has passed also asks to be woken when it does.
extension TFJobRound {
    /// Whether the job has run for longer than it may.
    mutating func isPastDeadline() -> Bool {
        guard let limit = job.spec.runPolicy.activeDeadlineSeconds, let start = status.startTime else { return false }
        return hasCome(start.advanced(bySeconds: Int64(clamping: limit)))
    }

    /// Deletes the job itself when its time after the end is over; everything else of it goes with it.
    mutating func deleteWhenExpired() {
        // A time below 0 is none that anyone can have meant, and nothing brings a job back.
        guard let ttl = job.spec.runPolicy.ttlSecondsAfterFinished, ttl >= 0, let end = status.completionTime,
            hasCome(end.advanced(bySeconds: Int64(clamping: ttl)))
        else { return }
        order(
            .delete(job.reference, uid: job.metadata.uid), "SuccessfulDeleteJob", "Deleted job: \(job.metadata.name)")
    }

    mutating func hasCome(_ moment: Time) -> Bool {
        if moment <= now { return true }
        wakeUps.append(moment)
        return false
    }
}
