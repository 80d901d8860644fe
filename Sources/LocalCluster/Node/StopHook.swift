import HTTPTransport
import KubernetesAPI
import Logging

/// A container's `preStop`: what is done before its processes are asked to end.
struct StopHook: Sendable {
    let context: NodeContext
    let podIP: String
    let transport: any HTTPTransport

    /// Runs the hook for at most `timeout`; a hook that fails delays nothing.
    func run(
        _ handler: ProbeManifest.Handler, container: ContainerManifest?, _ run: ContainerRun, timeout: Duration
    ) async {
        guard let container, let process = run.process.innerProcess else { return }
        let prober = Prober(
            container: container, podIP: podIP,
            enter: { command in
                [context.programs.enter, "--target", String(process), "--mount", "--pid", "--ipc", "--uts", "--root"]
                    + ["--wd", "--"] + command
            },
            environment: [:], transport: transport, report: { _, _, _ in })
        if let problem = await prober.ask(handler, timeout: timeout) {
            context.logger.info(
                "a preStop hook failed", metadata: ["container": "\(container.name)", "problem": "\(problem)"])
        }
    }
}
