/// One program of the control plane: how to start it and how to see that it is ready.
struct Component: Hashable, Sendable {
    var name: String
    var program: String
    var arguments: [String]
    /// Answers 200 once the program does its work.
    var readiness: String
}

extension Component {
    /// The programs in the order in which they must start.
    ///
    /// Flags are those that Kubernetes 1.20 and current releases both know, but for a few that depend on the release.
    static func controlPlane(
        state: StateDirectory, settings: ClusterSettings, binaries: ControlPlaneBinaries, release: KubernetesRelease
    ) -> [Component] {
        [
            etcd(state, settings, binaries), apiServer(state, settings, binaries, release),
            controllerManager(state, settings, binaries, release), scheduler(state, settings, binaries, release),
        ]
    }

    /// Pods get short-lived tokens that are bound to them, as in every current cluster.
    private static func boundTokens(_ release: KubernetesRelease) -> [String] {
        release.needsBoundTokenSwitch ? ["--feature-gates=BoundServiceAccountTokenVolume=true"] : []
    }

    private static func securePortOnly(_ release: KubernetesRelease) -> [String] {
        release.hasInsecurePorts ? ["--port=0"] : []
    }

    private static func etcd(
        _ state: StateDirectory, _ settings: ClusterSettings, _ binaries: ControlPlaneBinaries
    ) -> Component {
        let client = "http://127.0.0.1:\(settings.ports.etcd)"
        let peer = "http://127.0.0.1:\(settings.ports.etcdPeers)"
        return Component(
            name: "etcd", program: binaries.etcd,
            arguments: [
                "--name", "default", "--data-dir", state.etcd, "--listen-client-urls", client,
                "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=\(peer)",
                // The only member waits for an election that it can only win: let it be short.
                "--heartbeat-interval", "50", "--election-timeout", "250",
                "--auto-compaction-mode", "periodic", "--auto-compaction-retention", "10m",
                "--logger", "zap", "--log-level", "warn",
            ],
            readiness: "\(client)/health")
    }

    private static func apiServer(
        _ state: StateDirectory, _ settings: ClusterSettings, _ binaries: ControlPlaneBinaries,
        _ release: KubernetesRelease
    ) -> Component {
        let authority = state.certificate("ca")
        return Component(
            name: "kube-apiserver", program: binaries.apiServer,
            arguments: [
                "--etcd-servers=http://127.0.0.1:\(settings.ports.etcd)",
                "--bind-address=127.0.0.1", "--secure-port=\(settings.ports.api)", "--advertise-address=127.0.0.1",
                // The kubernetes service would point at a loopback address, which Endpoints may not hold.
                "--endpoint-reconciler-type=none",
                "--tls-cert-file=\(state.certificate("apiserver"))",
                "--tls-private-key-file=\(state.key("apiserver"))",
                "--client-ca-file=\(authority)", "--token-auth-file=\(state.tokens)",
                "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=\(state.serviceAccountPublicKey)",
                "--service-account-signing-key-file=\(state.key("service-account"))",
                "--service-cluster-ip-range=10.96.0.0/16", "--allow-privileged=true",
                "--kubelet-preferred-address-types=InternalIP",
                "--kubelet-certificate-authority=\(authority)",
                "--kubelet-client-certificate=\(state.certificate("apiserver-kubelet-client"))",
                "--kubelet-client-key=\(state.key("apiserver-kubelet-client"))",
                "--requestheader-client-ca-file=\(authority)",
                "--requestheader-allowed-names=front-proxy-client",
                "--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                "--proxy-client-cert-file=\(state.certificate("front-proxy-client"))",
                "--proxy-client-key-file=\(state.key("front-proxy-client"))",
            ] + boundTokens(release),
            readiness: "\(settings.server)/readyz")
    }

    private static func controllerManager(
        _ state: StateDirectory, _ settings: ClusterSettings, _ binaries: ControlPlaneBinaries,
        _ release: KubernetesRelease
    ) -> Component {
        let kubeconfig = state.kubeconfig(of: "controller-manager")
        return Component(
            name: "kube-controller-manager", program: binaries.controllerManager,
            arguments: [
                "--kubeconfig=\(kubeconfig)", "--authentication-kubeconfig=\(kubeconfig)",
                "--authorization-kubeconfig=\(kubeconfig)",
                "--bind-address=127.0.0.1", "--secure-port=\(settings.ports.controllerManager)",
                "--tls-cert-file=\(state.certificate("apiserver"))",
                "--tls-private-key-file=\(state.key("apiserver"))",
                "--leader-elect=false", "--use-service-account-credentials=true",
                "--service-account-private-key-file=\(state.key("service-account"))",
                "--root-ca-file=\(state.certificate("ca"))",
                "--cluster-signing-cert-file=\(state.certificate("ca"))",
                "--cluster-signing-key-file=\(state.key("ca"))",
                // With the default limits the first service account takes seconds to appear.
                "--kube-api-qps=500", "--kube-api-burst=500",
            ] + boundTokens(release) + securePortOnly(release),
            readiness: "https://127.0.0.1:\(settings.ports.controllerManager)/healthz")
    }

    private static func scheduler(
        _ state: StateDirectory, _ settings: ClusterSettings, _ binaries: ControlPlaneBinaries,
        _ release: KubernetesRelease
    ) -> Component {
        let kubeconfig = state.kubeconfig(of: "scheduler")
        return Component(
            name: "kube-scheduler", program: binaries.scheduler,
            arguments: [
                "--kubeconfig=\(kubeconfig)", "--authentication-kubeconfig=\(kubeconfig)",
                "--authorization-kubeconfig=\(kubeconfig)",
                "--bind-address=127.0.0.1", "--secure-port=\(settings.ports.scheduler)",
                "--tls-cert-file=\(state.certificate("apiserver"))",
                "--tls-private-key-file=\(state.key("apiserver"))",
                "--leader-elect=false", "--kube-api-qps=1000", "--kube-api-burst=1000",
            ] + securePortOnly(release),
            readiness: "https://127.0.0.1:\(settings.ports.scheduler)/healthz")
    }
}
