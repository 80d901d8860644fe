/// The four programs that make a control plane.
public struct ControlPlaneBinaries: Hashable, Sendable {
    public var etcd: String
    public var apiServer: String
    public var controllerManager: String
    public var scheduler: String

    public init(etcd: String, apiServer: String, controllerManager: String, scheduler: String) {
        self.etcd = etcd
        self.apiServer = apiServer
        self.controllerManager = controllerManager
        self.scheduler = scheduler
    }

    /// Looks in `KUBEBUILDER_ASSETS`, then in `PATH`, then where `make setup` puts what it builds.
    ///
    /// - Throws: ``LocalClusterError`` naming every program that is missing and where it was looked for.
    public static func find(environment: [String: String]) throws(LocalClusterError) -> ControlPlaneBinaries {
        try find(environment: environment, isExecutable: Files.isExecutable)
    }

    package static func find(
        environment: [String: String], isExecutable: (String) -> Bool
    ) throws(LocalClusterError) -> ControlPlaneBinaries {
        let built = "\(StateDirectory.cache(environment: environment))/kubernetes/bin"
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let folders = [environment["KUBEBUILDER_ASSETS"]].compactMap(\.self) + path + [built]
        var missing: [String] = []
        func find(_ program: String) -> String {
            if let folder = folders.first(where: { isExecutable("\($0)/\(program)") }) { return "\(folder)/\(program)" }
            missing.append(program)
            return ""
        }
        let found = ControlPlaneBinaries(
            etcd: find("etcd"), apiServer: find("kube-apiserver"), controllerManager: find("kube-controller-manager"),
            scheduler: find("kube-scheduler"))
        guard missing.isEmpty else {
            throw LocalClusterError(
                """
                cannot find \(missing.joined(separator: ", ")): neither in KUBEBUILDER_ASSETS, nor in PATH, nor in \
                \(built). Run `make setup`, or install etcd-server and set KUBEBUILDER_ASSETS.
                """)
        }
        return found
    }
}
