import Glibc
import HTTPTransport
import Logging
import Subprocess
import SystemPackage

/// Keeps one program of the control plane running.
struct ComponentSupervisor: Sendable {
    let component: Component
    let state: StateDirectory
    let transport: any HTTPTransport
    let logger: Logger
    /// Whether the program was ready once.
    private let wasReady = Flag()

    init(component: Component, state: StateDirectory, transport: any HTTPTransport, logger: Logger) {
        self.component = component
        self.state = state
        self.transport = transport
        self.logger = logger
    }

    /// Runs the program until the task is cancelled and starts it again, with back-off, whenever it ends.
    ///
    /// - Throws: ``LocalClusterError`` when the program cannot be started, or ends before it was ready for the first
    ///   time: then something is wrong that trying again does not put right.
    func run() async throws {
        var backoff = RestartBackoff()
        let records = ProcessRecords(state: state)
        while true {
            let started = ContinuousClock.now
            let status = try await runOnce(records)
            try? records.remove(component.name)
            try Task.checkCancellation()
            guard wasReady.isSet else {
                throw LocalClusterError(
                    "\(component.name) ended (\(status)) before it was ready; the end of its log:\n\(lastLogLines)")
            }
            let delay = backoff.ended(after: ContinuousClock.now - started)
            logger.warning(
                "component ended; starting it again",
                metadata: ["component": "\(component.name)", "status": "\(status)", "delay": "\(delay)"])
            try await Task.sleep(for: delay)
        }
    }

    /// Waits until the program says that it is ready.
    func waitUntilReady(timeout: Duration) async throws {
        let deadline = ContinuousClock.now + timeout
        while true {
            let response = try? await transport.send(HTTPRequest(.get, component.readiness, timeout: .seconds(2)))
            if response?.isSuccess == true { return wasReady.set() }
            guard ContinuousClock.now < deadline else {
                throw LocalClusterError(
                    "\(component.name) was not ready within \(timeout); the end of its log:\n\(lastLogLines)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func runOnce(_ records: ProcessRecords) async throws -> TerminationStatus {
        let log = state.log(of: component.name)
        try Self.rotate(log)
        var options = PlatformOptions()
        // Its own session: a Ctrl-C in the terminal reaches only us, and we stop the programs in order.
        options.createSession = true
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(10))]
        let output = try FileDescriptor.open(
            FilePath(log), .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite])
        // The kernel kills the program should we die without a chance to stop it. The signal comes when the *thread*
        // that started the program ends; Subprocess starts all of them from one thread that lives as long as we do.
        return try await Subprocess.run(
            .name("setpriv"), arguments: Arguments(["--pdeathsig", "KILL", component.program] + component.arguments),
            environment: .inherit.updating([.init(stringLiteral: ProcessRecords.marker): state.path]),
            platformOptions: options, input: .none,
            output: .fileDescriptor(output, closeAfterSpawningProcess: true), error: .combinedWithOutput
        ) { execution in
            if let process = ProcessIdentity(pid: execution.processIdentifier.value) {
                try records.write(component.name, process)
            }
        }.terminationStatus
    }

    private var lastLogLines: String {
        let lines = ((try? Files.readText(state.log(of: component.name))) ?? "").split(separator: "\n")
        return lines.suffix(10).joined(separator: "\n")
    }

    /// Keeps one earlier log of a program that has written more than 16 MiB.
    private static func rotate(_ log: String) throws {
        var status = stat()
        guard stat(log, &status) == 0, status.st_size > 16 << 20 else { return }
        guard rename(log, "\(log).1") == 0 else {
            throw Files.Failure(operation: "rotate", path: log, problem: String(cString: strerror(errno)))
        }
    }
}
