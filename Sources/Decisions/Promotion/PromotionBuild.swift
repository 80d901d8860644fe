import AerieAPI
import KubernetesAPI

/// From a checkpoint to an image: one job, whose pod exports and builds.
extension PromotionRound {
    mutating func build() {
        guard let job else { return begin() }
        guard job.metadata.controller?.uid == promotion.metadata.uid else {
            requeueAfter = .seconds(30)
            return stall(
                .pending, .nameTaken, "A Job named \(job.metadata.name) belongs to someone else; delete it.")
        }
        status.jobUID = job.metadata.uid
        if job.condition("Complete") != nil {
            take(job)
        } else if let failed = job.condition("Failed") {
            explainFailure(failed)
        } else {
            follow()
        }
    }

    private mutating func begin() {
        guard status.jobUID == nil else {
            return fail(.jobDeleted, "The promotion's job was deleted before it had ended.")
        }
        if let lastError, lastError.isRefusal {
            stall(.pending, .refused, "The job was refused: \(lastError.message)")
        } else {
            become(.building, .jobCreated, "Waiting for the job to start.")
        }
        actions.append(.create(jobManifest))
    }

    /// What the pod waits for, if it does.
    private mutating func follow() {
        let statuses = pods.flatMap { ($0.status?.initContainerStatuses ?? []) + ($0.status?.containerStatuses ?? []) }
        let trouble = statuses.compactMap { status in
            status.state?.waiting.flatMap { waiting in
                waiting.reason.map { (status.name, $0, waiting.message ?? "") }
            }
        }.first { Self.troubles.contains($0.1) }
        let unscheduled = pods.lazy.compactMap {
            $0.status?.conditions?.first { $0.type == "PodScheduled" && $0.status == .no }
        }.first
        if let (container, reason, message) = trouble {
            become(.building, .jobCreated, "Container \(container) waits: \(reason). \(message)")
        } else if let unscheduled {
            become(.building, .jobCreated, "The pod waits for a node: \(unscheduled.message ?? "").")
        } else if let failure {
            stall(.building, .jobRetrying, "An attempt failed and the job makes another. \(Self.story(failure))")
        } else {
            become(.building, .jobRunning, "The model is exported and the image is built.")
        }
    }

    /// How attempts of the job's containers ended that did not end well.
    private var exportFailures: [ContainerStatus.State.Terminated] {
        pods.compactMap { pod in
            pod.status?.initContainerStatuses?.first { $0.name == Self.exportContainer }?.state?.terminated
        }.filter { $0.exitCode != 0 }
    }

    private var buildFailures: [ContainerStatus.State.Terminated] {
        pods.compactMap { $0.containerStatus(Self.buildContainer)?.state?.terminated }.filter { $0.exitCode != 0 }
    }

    /// One of them; a build's before an export's, which went well at another time.
    private var failure: ContainerStatus.State.Terminated? { buildFailures.last ?? exportFailures.last }

    /// The container's last words and what its exit code means.
    private static func story(_ ending: ContainerStatus.State.Terminated) -> String {
        let meaning = ExitCodeMeaning.of(ending.exitCode, reason: ending.reason ?? "")
        let words = (ending.message ?? "").end(bytes: 1_000)
        return (words.isEmpty ? "" : "\(words) ") + "Exit code \(ending.exitCode): \(meaning)."
    }

    private static let troubles: Set<String> = [
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError",
        "CreateContainerError", "RunContainerError",
    ]

    /// How long the last word of a pod is waited for after its job is complete.
    private static let patience: Int64 = 60

    /// Takes the digest from the last word of the container that pushed.
    private mutating func take(_ job: Job) {
        let endings = pods.compactMap { $0.containerStatus(Self.buildContainer)?.state?.terminated }
        guard let ending = endings.first(where: { $0.exitCode == 0 }) else {
            let message = "The job is complete; its result is being read."
            set("Built", .unknown, .jobRunning, message)
            let since = status.conditions.first("Built")?.lastTransitionTime ?? now
            guard now.seconds(since: since) >= Self.patience else {
                requeueAfter = .seconds(5)
                return become(.building, .jobRunning, message)
            }
            set("Built", .no, .digestUnavailable, "The result could not be read.")
            return fail(.digestUnavailable, "The job is complete, but its pod was gone before its result was read.")
        }
        guard let digest = Self.digest(in: ending.message ?? "") else {
            return fail(
                .digestUnavailable,
                """
                The container "\(Self.buildContainer)" ended well but told no digest: \
                "\((ending.message ?? "").end(bytes: 200))".
                """)
        }
        let image = ModelPromotion.Image(repository: spec.image.repository, digest: digest)
        status.image = image
        set("Built", .yes, .imagePushed, "\(image.reference) was pushed.")
        events.append(
            .init(.normal, reason: PromotionReason.imagePushed.rawValue, message: "\(image.reference) was pushed."))
        roll(out: image)
    }

    /// The `digest` of a JSON object, such as `{"digest":"sha256:…"}`.
    static func digest(in message: String) -> String? {
        guard let text = (try? JSONValue(parsing: message))?["digest"]?.stringValue else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "sha256", parts[1].utf8.count == 64,
            parts[1].utf8.allSatisfy({ Set("0123456789abcdef".utf8).contains($0) })
        else { return nil }
        return text
    }

    private mutating func explainFailure(_ failed: PodCondition) {
        let isExport = buildFailures.isEmpty && !exportFailures.isEmpty
        let reason: PromotionReason = isExport ? .exportFailed : .buildFailed
        let limit = failed.reason == "BackoffLimitExceeded" ? "" : failed.message ?? ""
        let story = failure.map(Self.story) ?? ""
        let message = [story, limit].filter { !$0.isEmpty }.joined(separator: " ")
        fail(reason, message.isEmpty ? failed.message ?? "The job has failed." : message)
        set("Built", .no, reason, "No image was pushed.")
    }
}
