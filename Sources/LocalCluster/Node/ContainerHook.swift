import HTTPTransport
import KubernetesAPI

/// A container's `postStart` or `preStop`: what is done beside its processes after they began, or before they end.
struct ContainerHook: Sendable {
    let context: NodeContext
    let podIP: String
    let transport: any HTTPTransport

    /// Runs the hook for at most `timeout`; `nil` is success, anything else says what went wrong.
    func run(
        _ handler: ProbeManifest.Handler, of container: ContainerManifest, _ run: ContainerRun, timeout: Duration
    ) async -> String? {
        if let seconds = handler.sleep?.seconds {
            try? await Task.sleep(for: min(timeout, .bounded(seconds: seconds)))
            return nil
        }
        let prober = Prober(
            container: container, podIP: podIP, enter: { run.command($0, entering: context.programs.enter) },
            environment: run.environment, transport: transport, report: { _, _, _ in })
        return await prober.ask(handler, timeout: timeout)
    }
}
