import AerieAPI
import Decisions
import KubernetesAPI
import Testing

@Suite struct PromotionDecisionTests {
    private typealias Fixture = PromotionFixture

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var promotion = PromotionFixture.promotion(status: PromotionFixture.building)
        var job: Job?
        var pods: [Pod] = []
        var state: ModelPromotion.State
        var reason: String
        var actions: [String] = []
        /// Part of the message of the condition Ready.
        var message = ""

        var testDescription: String { name }
    }

    private static var foreignJob: Job {
        var job = Fixture.job()
        job.metadata.ownerReferences = []
        return job
    }
    private static let waiting = Pod(
        metadata: ObjectMeta(name: "p", uid: "p"),
        status: .init(
            phase: .pending,
            initContainerStatuses: [
                ContainerStatus(
                    name: "export", state: .init(waiting: .init(reason: "ErrImagePull", message: "no such image")))
            ]))

    static let rows = [
        Row(
            name: "a checkpoint that passes the gates is exported and built", promotion: Fixture.promotion(),
            state: .building, reason: "JobCreated", actions: ["create Job landsat-1f0c-01234567"]),
        Row(
            name: "a checkpoint that does not pass is not promoted, with the reason",
            promotion: Fixture.promotion(gates: [
                Gate(metric: "validation/accuracy", min: 0.95), Gate(metric: "validation/recall/water", min: 0.5),
            ]), state: .failed, reason: "GatesNotPassed",
            message:
                "validation/accuracy is 0.91, below the gate's min 0.95; validation/recall/water was not reported."),
        Row(
            name: "while the job runs there is nothing to do", job: Fixture.job(), state: .building,
            reason: "JobRunning"),
        Row(
            name: "what the job's pod waits for is said", job: Fixture.job(), pods: [waiting], state: .building,
            reason: "JobCreated", message: "Container export waits: ErrImagePull. no such image"),
        Row(
            name: "a failed attempt is told while the job makes another", job: Fixture.job(),
            pods: [Fixture.pod(build: 1, "the registry refuses the push")], state: .building, reason: "JobRetrying",
            message: "An attempt failed and the job makes another. the registry refuses the push Exit code 1: "),
        Row(name: "a job that was deleted is not created again", state: .failed, reason: "JobDeleted"),
        Row(name: "a job of someone else is left alone", job: foreignJob, state: .pending, reason: "NameTaken"),
        Row(
            name: "the pushed digest is rolled out", job: Fixture.complete, pods: [Fixture.pushed], state: .deploying,
            reason: "RollingOut", actions: ["apply Deployment landsat", "apply Service landsat"],
            message: "0 of 1 replicas are available."),
        Row(
            name: "a job that says no digest fails the promotion", job: Fixture.complete,
            pods: [Fixture.pod("pushed, I think")], state: .failed, reason: "DigestUnavailable",
            message: "pushed, I think"),
        Row(
            name: "a failed export is told with its message", job: Fixture.failed,
            pods: [Fixture.pod(export: 65, exportMessage: "ckpt-500.index: SHA-256 differs.", build: nil)],
            state: .failed, reason: "ExportFailed",
            message: "ckpt-500.index: SHA-256 differs. Exit code 65: bad input data."),
        Row(
            name: "a failed build is told with its message", job: Fixture.failed,
            pods: [Fixture.pod(build: 1, "registry.example refused the push: 401")], state: .failed,
            reason: "BuildFailed", message: "registry.example refused the push: 401"),
        Row(
            name: "a wrong spec names the field", promotion: Fixture.promotion(modelName: "Land Sat"), state: .failed,
            reason: "InvalidSpec", message: "spec.modelName: is \"Land Sat\""),
        Row(
            name: "without serving the pushed image is all that is wanted",
            promotion: Fixture.promotion(serving: nil, status: Fixture.building), job: Fixture.complete,
            pods: [Fixture.pushed], state: .ready, reason: "ImagePushed"),
    ]

    @Test(arguments: rows) func decision(row: Row) throws {
        let (plan, status) = try Fixture.decide(row.promotion, job: row.job, pods: row.pods)
        #expect(status.state == row.state)
        #expect(status.reason == row.reason)
        #expect(plan.steps == row.actions)
        #expect(status.conditions.first("Ready")?.message.contains(row.message) == true || row.message.isEmpty)
    }

    @Test("an obeyed plan tells nothing twice", arguments: rows)
    func settled(row: Row) throws {
        var promotion = row.promotion
        promotion.status = try Fixture.decide(promotion, job: row.job, pods: row.pods).status
        let later = Fixture.now.advanced(bySeconds: 9)
        let (plan, status) = try Fixture.decide(promotion, job: row.job, pods: row.pods, now: later)
        #expect(plan.events.isEmpty)
        #expect(plan == .nothing || status == promotion.status)
    }

    @Test("a pod that is not seen yet is waited for, and then the promotion fails")
    func lateMessage() throws {
        var promotion = Fixture.promotion(status: Fixture.building)
        let later = Fixture.now.advanced(bySeconds: 3_000)
        let (plan, waiting) = try Fixture.decide(promotion, job: Fixture.complete, now: later)
        #expect((waiting.state, plan.requeueAfter) == (.building, .seconds(5)))
        promotion.status = waiting
        #expect(
            try Fixture.decide(promotion, job: Fixture.complete, now: later.advanced(bySeconds: 59)).status.state
                == .building)
        #expect(
            try Fixture.decide(promotion, job: Fixture.complete, now: later.advanced(bySeconds: 60)).status.reason
                == "DigestUnavailable")
    }
}

@Suite struct PromotionRolloutTests {
    private typealias Fixture = PromotionFixture

    @Test("the model is ready when all replicas of this digest are available, and then nothing is asked for")
    func ready() throws {
        var promotion = Fixture.promotion(serving: ServingTemplate(replicas: 2), status: Fixture.built)
        let (plan, _) = try Fixture.decide(promotion)
        let half = try Fixture.applied(plan, replicas: 1)
        #expect(
            try Fixture.decide(promotion, deployment: half.deployment, service: half.service).status.state
                == .deploying)
        let whole = try Fixture.applied(plan, replicas: 2)
        let (done, status) = try Fixture.decide(promotion, deployment: whole.deployment, service: whole.service)
        #expect(done.actions.isEmpty)
        #expect(status.state == .ready)
        #expect(status.conditions.isTrue("Succeeded"))
        #expect(status.url == "http://landsat.default.svc:8501/v1/models/landsat")
        promotion.status = status
        let again = try Fixture.decide(
            promotion, deployment: whole.deployment, service: whole.service, now: Fixture.now.advanced(bySeconds: 9))
        #expect(again.plan.actions.isEmpty && again.status == status)
    }

    @Test("a deployment that lost its replicas is not ready any more, but the promotion has succeeded for good")
    func degraded() throws {
        var promotion = Fixture.promotion(status: Fixture.built)
        let applied = try Fixture.applied(Fixture.decide(promotion).plan, replicas: 1)
        promotion.status = try Fixture.decide(
            promotion, deployment: applied.deployment, service: applied.service
        ).status
        var lost = applied.deployment
        lost?.status?.availableReplicas = 0
        let (_, status) = try Fixture.decide(promotion, deployment: lost, service: applied.service)
        #expect(status.state == .deploying)
        #expect(!status.conditions.isTrue("Ready"))
        #expect(status.conditions.isTrue("Succeeded"))
    }

    @Test("a later promotion takes the deployment over, and the earlier one lets it")
    func superseded() throws {
        var later = Fixture.metadata
        later.name = "landsat-1f0c-76543210"
        later.uid = "later-uid"
        later.creationTimestamp = Fixture.now.advanced(bySeconds: 60)
        let first = Fixture.promotion(status: Fixture.built)
        let second = Fixture.promotion(metadata: later, status: Fixture.built)

        let before = try Fixture.applied(Fixture.decide(first).plan, replicas: 1)
        let (plan, _) = try Fixture.decide(second, deployment: before.deployment, service: before.service)
        #expect(plan.steps == ["apply Deployment landsat", "apply Service landsat"])

        let after = try Fixture.applied(plan, replicas: 1)
        let (nothing, status) = try Fixture.decide(first, deployment: after.deployment, service: after.service)
        #expect(nothing.actions.isEmpty)
        #expect((status.state, status.reason) == (.superseded, "SupersededByLater"))
    }

    @Test("a deployment that is not ours is never overwritten")
    func foreign() throws {
        let foreign = Deployment(metadata: ObjectMeta(name: "landsat", namespace: "default", uid: "x"))
        let (plan, status) = try Fixture.decide(Fixture.promotion(status: Fixture.built), deployment: foreign)
        #expect(plan.actions.isEmpty)
        #expect(status.reason == "NameTaken")
    }

    @Test("a deployment or service that bears our labels and belongs to someone else is never overwritten")
    func foreignOwner() throws {
        let promotion = Fixture.promotion(status: Fixture.built)
        var applied = try Fixture.applied(Fixture.decide(promotion).plan, replicas: 1)
        let stranger = OwnerReference(
            apiVersion: "example.org/v1", kind: "Shop", name: "shop", uid: "shop-uid", controller: true)
        applied.service?.metadata.ownerReferences = [stranger]
        let (plan, status) = try Fixture.decide(
            promotion, deployment: applied.deployment, service: applied.service)
        #expect(plan.actions.isEmpty)
        #expect((status.state, status.reason) == (.deploying, "NameTaken"))
        #expect(
            status.conditions.first("Ready")?.message.hasPrefix(
                "Service default/landsat exists and does not belong to ModelPromotion default/\(Fixture.name). "
                    + "ModelPromotion \(Fixture.name) neither changes nor deletes it") == true)
        #expect(plan.requeueAfter == .seconds(30))
    }

    @Test("what the server says of a foreign object is told with both names and how to get on, and then tried again")
    func foreignInServersWords() throws {
        var promotion = Fixture.promotion(status: Fixture.built)
        let error = KubernetesError(
            .alreadyExists, "Service default/landsat exists and does not belong to ModelPromotion \(Fixture.name).")
        let (plan, status) = try Fixture.decide(promotion, lastError: error)
        #expect(plan.steps == ["apply Deployment landsat", "apply Service landsat"])
        #expect((status.state, status.reason) == (.deploying, "NameTaken"))
        let message = try #require(status.conditions.first("Ready")?.message)
        #expect(message.hasPrefix(error.message))
        #expect(message.contains("delete or rename that object, or give spec.serving.name another name"))
        #expect(message.contains("ModelPromotion \(Fixture.name)"))
        #expect(plan.events.map(\.reason) == ["NameTaken"])

        // Between two tries it stands.
        promotion.status = status
        let (again, unchanged) = try Fixture.decide(promotion)
        #expect(again.events.isEmpty && unchanged == status)
        let applied = try Fixture.applied(again, replicas: 1)
        let (_, done) = try Fixture.decide(promotion, deployment: applied.deployment, service: applied.service)
        #expect(done.state == .ready)
    }

    @Test(
        "what the server refuses is said in the status",
        arguments: [KubernetesError.Reason.badRequest, .forbidden, .notFound, .invalid, .unknown])
    func refusal(reason: KubernetesError.Reason) throws {
        let (_, status) = try Fixture.decide(
            Fixture.promotion(status: Fixture.built), lastError: KubernetesError(reason, "exceeded quota"))
        #expect(status.reason == "Refused")
        #expect(status.conditions.first("Ready")?.message == "The rollout was refused: exceeded quota")
    }
}

/// What the job, the deployment and the service are made of.
@Suite struct PromotionManifestTests {
    private typealias Fixture = PromotionFixture

    private func jobPod(_ promotion: ModelPromotion) throws -> JSONValue {
        let body = try #require(try Fixture.decide(promotion).plan.bodyCreated(Fixture.name))
        return try #require(body["spec"]?["template"]?["spec"])
    }

    @Test("the pod exports the very checkpoint, reading its trial's folder only")
    func export() throws {
        let pod = try jobPod(Fixture.promotion())
        let export = try #require(pod["initContainers"]?[0])
        #expect(export["image"] == "aerie-trainer:1")
        #expect(
            export["args"] == [
                "export", "--checkpoint", "/checkpoints/attempts/a/checkpoints/ckpt-500", "--digest",
                .string(Fixture.digest), "--output", "/workspace/model",
            ])
        #expect(
            export["volumeMounts"]?[1] == [
                "name": "checkpoints", "mountPath": "/checkpoints", "readOnly": true,
                "subPath": "default/landsat-1f0c2a9b/landsat-00003",
            ])
        #expect(pod["restartPolicy"] == "Never")
    }

    @Test("then it builds and pushes an image that says where its model came from")
    func build() throws {
        let build = try #require(try jobPod(Fixture.promotion())["containers"]?[0])
        #expect(build["image"] == "aerie:1")
        let arguments = build["args"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(Array(arguments.prefix(2)) == ["image", "build"])
        let labels = zip(arguments, arguments.dropFirst()).filter { $0.0 == "--label" }.map(\.1)
        #expect(labels.contains("dev.aerie.checkpoint.digest=\(Fixture.digest)"))
        #expect(labels.contains("dev.aerie.experiment=default/landsat"))
        #expect(labels.contains("dev.aerie.metric.value=0.91"))
        #expect(labels == labels.sorted())
        #expect(build["env"] == [])
        #expect(arguments.contains("registry.example/landsat:\(Fixture.name)"))
    }

    @Test("the right to push is a mounted secret that the controller never reads")
    func pushSecret() throws {
        let pod = try jobPod(Fixture.promotion(pushSecretName: "registry-credentials"))
        #expect(
            pod["volumes"]?.arrayValue?.last == [
                "name": "docker-config",
                "secret": [
                    "secretName": "registry-credentials",
                    "items": [["key": ".dockerconfigjson", "path": "config.json"]],
                ],
            ])
        #expect(pod["containers"]?[0]?["env"] == [["name": "DOCKER_CONFIG", "value": "/docker-config"]])
        #expect(pod["initContainers"]?[0]?["env"] == nil)
    }

    @Test("what runs is the digest, on the pod's own address, and old replicas stay until the new ones answer")
    func deployment() throws {
        let (plan, _) = try Fixture.decide(Fixture.promotion(status: Fixture.built))
        let body = try #require(plan.bodyApplied("Deployment"))
        #expect(body["metadata"]?["ownerReferences"]?[0]?["name"] == .string(Fixture.name))
        #expect(body["spec"]?["strategy"]?["rollingUpdate"]?["maxUnavailable"] == 0)
        let template = body["spec"]?["template"]
        #expect(template?["metadata"]?["labels"]?["app.kubernetes.io/name"] == "landsat")
        let container = template?["spec"]?["containers"]?[0]
        #expect(container?["image"] == .string("registry.example/landsat@\(Fixture.imageDigest)"))
        #expect(container?["args"] == ["--address", "$(POD_IP)"])
        #expect(container?["readinessProbe"]?["httpGet"] == ["path": "/v1/models/landsat/metadata", "port": "http"])
        #expect(container?["ports"] == [["name": "http", "containerPort": 8501, "protocol": "TCP"]])
        let service = try #require(plan.bodyApplied("Service"))
        #expect(service["spec"]?["selector"] == body["spec"]?["selector"]?["matchLabels"])
    }
}
