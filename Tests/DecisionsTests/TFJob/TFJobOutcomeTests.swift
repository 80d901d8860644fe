import AerieAPI
import KubernetesAPI
import Testing

/// When a job has succeeded or failed, for every mixture of replica types.
@Suite struct TFJobOutcomeTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var job: TFJob
        var workers = ""
        var chief = ""
        var ps = ""
        var evaluator = ""
        var state: String
        var message: String?
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "a running worker makes the job run", job: .fixture(workers: 2), workers: "RP", state: "Running"),
        Row(
            name: "worker 0 decides about success", job: .fixture(workers: 3), workers: "SRR", state: "Succeeded",
            message: "TFJob ml/mnist successfully completed."),
        Row(
            name: "another worker's success is not the job's", job: .fixture(workers: 3), workers: "RSS",
            state: "Running"),
        Row(
            name: "under AllWorkers worker 0 alone is not enough",
            job: .fixture(workers: 2, successPolicy: .allWorkers), workers: "SR", state: "Running"),
        Row(
            name: "under AllWorkers the last worker completes the job",
            job: .fixture(workers: 2, successPolicy: .allWorkers), workers: "SS", state: "Succeeded"),
        Row(
            name: "a chief decides alone, whatever worker 0 did", job: .fixture(workers: 2, chief: 1), workers: "SR",
            chief: "R", state: "Running"),
        Row(
            name: "the chief's success is the job's although workers still run",
            job: .fixture(workers: 2, chief: 1, ps: 1), workers: "RR", chief: "S", ps: "R", state: "Succeeded"),
        Row(
            name: "a job of parameter servers and an evaluator ends when all have",
            job: .fixture(ps: 1, evaluator: 1), ps: "S", evaluator: "S", state: "Succeeded"),
        Row(
            name: "a job without workers goes on while one replica does", job: .fixture(ps: 1, evaluator: 1), ps: "R",
            evaluator: "S", state: "Running"),
        Row(
            name: "a failed worker fails the job under Never", job: .fixture(workers: 3), workers: "RFF",
            state: "Failed", message: "TFJob ml/mnist has failed because 2 Worker replica(s) failed."),
        Row(
            name: "a failed parameter server fails the job", job: .fixture(workers: 1, ps: 1), workers: "R", ps: "F",
            state: "Failed", message: "TFJob ml/mnist has failed because 1 PS replica(s) failed."),
        Row(
            name: "a failed evaluator fails the job", job: .fixture(workers: 1, evaluator: 1), workers: "R",
            evaluator: "F", state: "Failed", message: "TFJob ml/mnist has failed because 1 Evaluator replica(s) failed."
        ),
        Row(
            name: "success is asked for before failure", job: .fixture(workers: 1, chief: 1), workers: "F",
            chief: "S", state: "Succeeded"),
        Row(
            name: "a permanent exit code fails the job under ExitCode",
            job: .fixture(workers: 2, restartPolicy: .exitCode), workers: "FR", state: "Failed",
            message: "job \"mnist\" is failing because \"Worker\" replica(s) failed."),
        Row(
            name: "a retryable exit code restarts the pod under ExitCode",
            job: .fixture(workers: 2, restartPolicy: .exitCode), workers: "KR", state: "Restarting",
            message: "job mnist is restarting because Worker replica(s) failed."),
        Row(
            name: "a failed pod is restarted under OnFailure", job: .fixture(workers: 2, restartPolicy: .onFailure),
            workers: "FR", state: "Restarting"),
        Row(
            name: "a failed pod is restarted under Always", job: .fixture(workers: 2, restartPolicy: .always),
            workers: "FR", state: "Restarting"),
        Row(
            name: "with dynamic workers a failed worker is tolerated", job: .fixture(workers: 3, ps: 1, dynamic: true),
            workers: "RFR", ps: "R", state: "Running"),
        Row(
            name: "with dynamic workers a failed parameter server is not tolerated",
            job: .fixture(workers: 2, ps: 1, dynamic: true), workers: "RR", ps: "F", state: "Failed"),
        Row(
            name: "with dynamic workers a job fails when no worker is left that could finish",
            job: .fixture(workers: 2, ps: 1, dynamic: true), workers: "FF", ps: "R", state: "Failed"),
        Row(
            name: "workers scaled to none do not count as done", job: .fixture(workers: 0, ps: 1), ps: "R",
            state: "Created"),
    ]

    @Test(arguments: rows) func outcome(row: Row) throws {
        var world = try TFJobWorld(
            row.job, workers: row.workers, chief: row.chief, ps: row.ps, evaluator: row.evaluator)
        try world.reconcile()
        #expect(world.state == row.state)
        if let message = row.message { #expect(world.status.conditions.last?.message == message) }
        let isTerminal = row.state == "Succeeded" || row.state == "Failed"
        #expect((world.status.completionTime == world.now) == isTerminal)
        #expect(!(world.status.isTrue(.succeeded) && world.status.isTrue(.failed)))
    }

    @Test func `a finished job has the reasons and events of upstream`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "S")
        let plan = try world.reconcile()
        #expect(plan.reasons.contains("TFJobSucceeded"))
        #expect(plan.reasons.contains("ExitedWithCode"))
        #expect(world.status.condition(.succeeded)?.reason == "TFJobSucceeded")
        #expect(world.status.condition(.running)?.status == .no)
        #expect(world.status.conditions.map(\.type.text) == ["Created", "Running", "AllReplicasReady", "Succeeded"])
    }
}
