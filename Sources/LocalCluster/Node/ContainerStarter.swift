import HTTPTransport
import KubernetesAPI

/// Turns a container's manifest into a running sandbox and follows it to its end.
struct ContainerStarter: Sendable {
    let context: NodeContext
    let pod: PodManifest
    let facts: PodFacts
    let objects: ClusterObjects
    let volumes: [String: PodVolumes.Prepared]
    /// The pod's `/etc/hosts`.
    let hostsFile: String
    let probes: any HTTPTransport
    let report: @Sendable (PodLifecycle.Event) -> Void

    /// Everything that a run needs, composed but not started.
    private struct Prepared {
        var sandbox: Sandbox
        var environment: [String: String]
        var image: RunnableImage
    }

    /// Why a container cannot be created, in the kubelet's words.
    private struct NotCreated: Error {
        var reason: String
        var message: String
    }

    /// Runs the container once and reports how it started and ended.
    func run(_ container: ContainerManifest, _ run: ContainerRun, isRetry: Bool) async {
        defer { run.markEnded() }
        let folder = context.folder(ofPod: pod.metadata.uid, container: container.name, attempt: run.attempt)
        do {
            let image = try await image(of: container, isRetry: isRetry)
            let prepared = try await prepare(container, image: image, folder: folder)
            report(.exited(container: container.name, try await execute(container, prepared, run, folder: folder)))
        } catch let error as NotCreated {
            report(.notCreated(container: container.name, reason: error.reason, message: error.message))
        } catch is CancellationError {
            report(
                .notCreated(
                    container: container.name, reason: "ContainerCreating", message: "stopped before it started"))
        } catch {
            report(
                .notCreated(container: container.name, reason: "CreateContainerError", message: "\(error)"))
        }
    }

    private func image(of container: ContainerManifest, isRetry: Bool) async throws -> RunnableImage {
        do {
            return try await context.images.image(named: container.image)
        } catch let error as ImageUnavailable {
            throw NotCreated(
                reason: isRetry ? "ImagePullBackOff" : "ErrImagePull",
                message: "Failed to pull image \"\(container.image)\": \(error)")
        }
    }

    private func prepare(
        _ container: ContainerManifest, image: RunnableImage, folder: String
    ) async throws -> Prepared {
        let environment: ContainerEnvironment
        let user: Sandbox.User?
        do {
            environment = try ContainerEnvironment(
                of: container, image: image.environment, cluster: clusterVariables, facts: facts,
                objects: await objects.environmentObjects(for: container, namespace: pod.metadata.namespace))
            user = try ContainerUser.resolve(container: container, pod: pod, image: image)
        } catch {
            throw NotCreated(reason: "CreateContainerConfigError", message: "\(error)")
        }
        try Files.createFolder(folder, mode: 0o700)
        var mounts = try PodVolumes.mounts(of: container, volumes: volumes, variables: environment.variables)
        if !mounts.contains(where: { $0.target == "/etc/hosts" }) {
            mounts.append(Sandbox.Mount(source: hostsFile, target: "/etc/hosts"))
        }
        let lastWords = "\(folder)/termination-log"
        try Files.write([], to: lastWords, mode: 0o666)
        mounts.append(
            Sandbox.Mount(source: lastWords, target: container.terminationMessagePath ?? "/dev/termination-log"))
        let root: Sandbox.Root
        switch image.files {
        case .host(let paths): root = .host(paths: paths)
        case .unpacked(let rootFileSystem):
            for writable in Sandbox.writableFolders(folder) { try Files.createFolder(writable) }
            root = .image(rootFileSystem: rootFileSystem, writable: folder)
        }
        let sandbox = Sandbox(
            root: root, mounts: mounts, hostName: pod.spec.hostname ?? pod.metadata.name, user: user,
            workingDirectory: container.workingDir ?? image.workingDirectory,
            program: environment.program(of: container, entrypoint: image.entrypoint, arguments: image.arguments),
            isRootReadOnly: container.securityContext?.readOnlyRootFilesystem ?? false,
            hiddenVariables: [ProcessRecords.marker])
        guard !sandbox.program.isEmpty else {
            throw NotCreated(
                reason: "CreateContainerError", message: "neither the image nor the container says which program to run"
            )
        }
        return Prepared(sandbox: sandbox, environment: environment.variables, image: image)
    }

    /// Where the API server is, as every pod of a cluster is told.
    private var clusterVariables: [String: String] {
        let port = String(context.apiServerPort)
        return [
            "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": port,
            "KUBERNETES_SERVICE_PORT_HTTPS": port, "HOSTNAME": pod.spec.hostname ?? pod.metadata.name,
        ]
    }

    private func execute(
        _ container: ContainerManifest, _ prepared: Prepared, _ run: ContainerRun, folder: String
    ) async throws -> PodLifecycle.Exit {
        let log = try ContainerLog(path: "\(folder)/log")
        let identity = PodLifecycle.StartedContainer(
            containerID: "aerie://\(pod.metadata.uid)/\(container.name)/\(run.attempt)",
            imageID: prepared.image.identifier)
        let programs = context.programs
        let command = prepared.sandbox.command(bubblewrap: programs.bubblewrap, unshare: programs.unshare)
        // The marker lets a later start find a sandbox that a killed agent left behind; the container does not see it.
        var environment = prepared.environment
        environment[ProcessRecords.marker] = context.state.path
        run.prepare(
            ContainerRun.Inside(
                environment: prepared.environment, hasUserNamespace: prepared.sandbox.user != nil))
        let code = try await withThrowingTaskGroup(of: Int?.self) { group in
            let sandboxEnvironment = environment
            let startHook = container.lifecycle?.postStart
            group.addTask {
                try await run.process.run(
                    command, environment: sandboxEnvironment, log: log, now: context.now
                ) { if startHook == nil { report(.started(container: container.name, image: identity)) } }
            }
            group.addTask {
                if let startHook {
                    // As in the kubelet, the container counts as started when its hook has ended.
                    guard await runStartHook(startHook, of: container, run) else { return nil }
                    report(.started(container: container.name, image: identity))
                }
                await prober(container, run).run()
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let code = ended { return code }
            }
            return 0
        }
        log.finish(now: context.now())
        return exit(of: container, code: code, folder: folder)
    }

    /// Runs the `postStart` hook inside the container as soon as it runs; reports a failure and returns whether it passed.
    private func runStartHook(
        _ handler: ProbeManifest.Handler, of container: ContainerManifest, _ run: ContainerRun
    ) async -> Bool {
        while run.process.innerProcess == nil {
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return false }
        }
        let hook = ContainerHook(context: context, podIP: facts.podIP, transport: probes)
        let longest = Duration.seconds(ManifestSeconds.longest)
        let problem = await hook.run(handler, of: container, run, timeout: longest)
        guard !Task.isCancelled else { return false }
        if let problem { report(.startHookFailed(container: container.name, message: problem)) }
        return problem == nil
    }

    private func prober(_ container: ContainerManifest, _ run: ContainerRun) -> Prober {
        Prober(
            container: container, podIP: facts.podIP, enter: { run.command($0, entering: context.programs.enter) },
            environment: run.environment, transport: probes,
            report: { report(.probed(container: container.name, $0, passed: $1, message: $2)) })
    }

    private func exit(of container: ContainerManifest, code: Int, folder: String) -> PodLifecycle.Exit {
        let reader = LogReader(path: "\(folder)/log")
        // Bubblewrap could not execute the program: it says so in one line and ends with 1.
        let end = String(decoding: reader.lastBytes(TerminationMessage.logLimit), as: UTF8.self)
        if code == 1, end.hasPrefix("bwrap: "), end.split(separator: "\n").count == 1 {
            let problem = end.dropFirst("bwrap: ".count).split(separator: "\n").joined()
            return PodLifecycle.Exit(code: 128, reason: "StartError", message: problem)
        }
        let message = TerminationMessage.text(
            file: (try? Files.read("\(folder)/termination-log")) ?? [], exitCode: code,
            policy: container.terminationMessagePolicy ?? .file
        ) { reader.lastBytes(.max) }
        return PodLifecycle.Exit(code: code, message: message)
    }
}
