import Glibc
package import KubernetesAPI

/// The Node object of this machine: what it offers and how it is.
package struct NodeObject: Hashable, Sendable {
    /// What the scheduler may hand out.
    package struct Capacity: Hashable, Sendable {
        package var processors: Int
        /// Bytes.
        package var memory: Int
        package var pods = 110
        /// Offered as `nvidia.com/gpu`; whether any is there is not checked.
        package var gpus: Int

        package init(processors: Int, memory: Int, gpus: Int) {
            self.processors = processors
            self.memory = memory
            self.gpus = gpus
        }

        /// What this machine has.
        package static func ofThisMachine(gpus: Int) -> Capacity {
            Capacity(
                processors: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
                memory: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)), gpus: gpus)
        }

        /// As in `status.capacity`.
        package var quantities: [String: String] {
            var quantities = [
                "cpu": String(processors), "memory": "\(memory / 1_024)Ki", "pods": String(pods),
                "ephemeral-storage": "100Gi",
            ]
            if gpus > 0 { quantities["nvidia.com/gpu"] = String(gpus) }
            return quantities
        }
    }

    package var name: String
    package var address: String
    package var kubeletPort: Int
    package var capacity: Capacity
    package var version: String
    /// When the agent started; the conditions have been true since then.
    package var readySince: Time

    package init(
        name: String, address: String, kubeletPort: Int, capacity: Capacity, version: String, readySince: Time
    ) {
        self.name = name
        self.address = address
        self.kubeletPort = kubeletPort
        self.capacity = capacity
        self.version = version
        self.readySince = readySince
    }

    package var reference: Reference { Reference(.nodes, name: name) }

    package var labels: [String: String] {
        [
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": Self.architecture,
            "node.kubernetes.io/instance-type": "aerie-local",
        ]
    }

    /// What is created when the node is not there yet.
    package var manifest: Manifest { Manifest(reference, ["metadata": ["labels": JSONValue(labels)], "spec": [:]]) }

    /// `status` as of `now`; written every few minutes so that people see a recent heartbeat.
    package func status(now: Time) -> JSONValue {
        let quantities = JSONValue(capacity.quantities)
        let healthy: [(String, String, String)] = [
            ("MemoryPressure", "KubeletHasSufficientMemory", "node agent has sufficient memory available"),
            ("DiskPressure", "KubeletHasNoDiskPressure", "node agent has no disk pressure"),
            ("PIDPressure", "KubeletHasSufficientPID", "node agent has sufficient PID available"),
        ]
        let conditions = healthy.map { condition($0.0, "False", $0.1, $0.2, now) }
        return [
            "capacity": quantities, "allocatable": quantities,
            "conditions": .array(conditions + [condition("Ready", "True", "KubeletReady", "node agent is ready", now)]),
            "addresses": [
                ["type": "InternalIP", "address": .string(address)], ["type": "Hostname", "address": .string(name)],
            ],
            "daemonEndpoints": ["kubeletEndpoint": ["Port": JSONValue(kubeletPort)]],
            "nodeInfo": nodeInfo,
        ]
    }

    private func condition(
        _ type: String, _ status: String, _ reason: String, _ message: String, _ now: Time
    ) -> JSONValue {
        [
            "type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message),
            "lastHeartbeatTime": .string("\(now)"), "lastTransitionTime": .string("\(readySince)"),
        ]
    }

    private var nodeInfo: JSONValue {
        func text(_ path: String) -> String {
            ((try? Files.readText(path)) ?? "").split(separator: "\n").first.map(String.init) ?? ""
        }
        let system = ((try? Files.readText("/etc/os-release")) ?? "").split(separator: "\n")
            .first { $0.hasPrefix("PRETTY_NAME=") }?.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" }
        return [
            "machineID": .string(text("/etc/machine-id")), "systemUUID": "",
            "bootID": .string(text("/proc/sys/kernel/random/boot_id")),
            "kernelVersion": .string(text("/proc/sys/kernel/osrelease")),
            "osImage": .string(system.map { String($0) } ?? "Linux"), "operatingSystem": "linux",
            "architecture": .string(Self.architecture), "containerRuntimeVersion": "aerie://\(version)",
            "kubeletVersion": .string("v\(version)"), "kubeProxyVersion": "",
        ]
    }

    private static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }
}
