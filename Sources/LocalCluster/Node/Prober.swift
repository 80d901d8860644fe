import HTTPTransport
import KubernetesAPI
import NIOCore
import NIOPosix
import Subprocess
import SystemPackage

/// Asks one container's probes while it runs.
struct Prober: Sendable {
    let container: ContainerManifest
    let podIP: String
    /// For `exec`: how to run a command inside the container.
    let enter: @Sendable ([String]) -> [String]?
    let environment: [String: String]
    /// Health checks do not check certificates, as the kubelet's do not.
    let transport: any HTTPTransport
    let report: @Sendable (PodLifecycle.ProbeKind, Bool, String) -> Void

    /// Runs until cancelled: first the startup probe, then liveness and readiness side by side.
    func run() async {
        if let startup = container.startupProbe {
            guard await probe(startup, .startup, untilPassed: true) else { return }
        }
        await withTaskGroup(of: Void.self) { group in
            if let liveness = container.livenessProbe {
                group.addTask { _ = await probe(liveness, .liveness, untilPassed: false) }
            }
            if let readiness = container.readinessProbe {
                group.addTask { _ = await probe(readiness, .readiness, untilPassed: false) }
            }
        }
    }

    /// Returns whether the probe passed; `false` when it was cancelled or the container is to be restarted.
    private func probe(_ manifest: ProbeManifest, _ kind: PodLifecycle.ProbeKind, untilPassed: Bool) async -> Bool {
        var counter = ProbeCounter(manifest)
        do {
            try await Task.sleep(for: .bounded(seconds: manifest.initialDelaySeconds ?? 0))
            while true {
                let problem = await ask(
                    manifest.handler, timeout: .bounded(seconds: max(1, manifest.timeoutSeconds ?? 1)))
                try Task.checkCancellation()
                if let change = counter.note(problem == nil) {
                    report(kind, change, problem ?? "")
                    if change, untilPassed { return true }
                    // The container is killed now; its next run has new probes.
                    if !change, kind != .readiness { return false }
                }
                // A container that is not ready yet is asked more often, so that nobody waits for a whole period. The
                // other probes kill, so they keep to what their manifest says.
                let period = Duration.bounded(seconds: max(1, manifest.periodSeconds ?? 10))
                let isEager = kind == .readiness && counter.state != true
                try await Task.sleep(for: isEager ? min(period, .seconds(1)) : period)
            }
        } catch {
            return false
        }
    }

    /// One question; `nil` is success, anything else says what went wrong.
    func ask(_ handler: ProbeManifest.Handler, timeout: Duration) async -> String? {
        if let get = handler.httpGet { return await ask(get, timeout: timeout) }
        if let socket = handler.tcpSocket { return await ask(socket, timeout: timeout) }
        if let exec = handler.exec { return await ask(exec, timeout: timeout) }
        return nil
    }

    private func ask(_ get: ProbeManifest.HTTPGet, timeout: Duration) async -> String? {
        guard let port = port(get.port) else { return "the port \(get.port) is not known" }
        let scheme = (get.scheme ?? "HTTP").lowercased()
        let path = get.path ?? "/"
        let url = "\(scheme)://\(get.host ?? podIP):\(port)\(path.hasPrefix("/") ? path : "/\(path)")"
        var headers: HTTPHeaders = ["User-Agent": "kube-probe/aerie"]
        for header in get.httpHeaders ?? [] { headers.append(header.name, header.value) }
        do {
            let response = try await transport.send(HTTPRequest(.get, url, headers: headers, timeout: timeout))
            return (200..<400).contains(response.status) ? nil : "HTTP probe failed with statuscode: \(response.status)"
        } catch {
            return "\(error)"
        }
    }

    private func ask(_ socket: ProbeManifest.TCPSocket, timeout: Duration) async -> String? {
        guard let port = port(socket.port) else { return "the port \(socket.port) is not known" }
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(timeout)).connect(host: socket.host ?? podIP, port: port).get()
            try await channel.close()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func ask(_ exec: ProbeManifest.Exec, timeout: Duration) async -> String? {
        guard let command = enter(exec.command ?? []), let program = command.first else {
            return "the container does not run"
        }
        return await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do {
                    let result = try await Subprocess.run(
                        .path(FilePath(program)), arguments: Arguments(Array(command.dropFirst())),
                        environment: .exactly(environment), input: .none, output: .string(limit: 4 << 10),
                        error: .combinedWithOutput)
                    return result.terminationStatus.isSuccess ? nil : result.standardOutput
                } catch {
                    return "\(error)"
                }
            }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return "command timed out"
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    /// A port by number or by the name that the container gives it; `nil` for names and numbers that are none.
    private func port(_ value: JSONValue) -> Int? {
        let named = value.stringValue.flatMap { text in
            Int(text) ?? container.ports?.first { $0.name == text }?.containerPort
        }
        return (value.intValue ?? named).flatMap { (1...65_535).contains($0) ? $0 : nil }
    }
}
