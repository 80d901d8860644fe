import HTTPTransport
import KubernetesAPI
import KubernetesClient
import KubernetesYAML

/// Reads what helps to understand what went wrong; what cannot be read becomes a gap and stops nothing.
struct BundleCollector {
    /// Which part of the cluster is looked at.
    struct Scope {
        /// Where the controller runs.
        var systemNamespace: String
        /// Namespaces whose experiments and jobs are told about; empty for none.
        var namespaces: [String]
        var logLines: Int
    }

    let client: KubernetesClient
    let scope: Scope
    private let redaction = Redaction()

    init(client: KubernetesClient, scope: Scope) {
        self.client = client
        self.scope = scope
    }

    func collect(into bundle: inout SupportBundle) async {
        await collectCluster(into: &bundle)
        for namespace in Self.unique([scope.systemNamespace] + scope.namespaces) {
            await collect(namespace, into: &bundle)
        }
        // Logs come last: they are what may not fit.
        for namespace in Self.unique([scope.systemNamespace] + scope.namespaces) {
            await collectLogs(namespace, into: &bundle)
        }
    }

    // MARK: Objects

    private func collectCluster(into bundle: inout SupportBundle) async {
        for resource in Self.clusterKinds {
            await list(resource, Selection(), "cluster/\(resource.plural).yaml", into: &bundle) { document in
                Self.isOurs(document) ? document : nil
            }
        }
        await list(Self.node, Selection(), "cluster/nodes.yaml", into: &bundle) { node in
            Self.summary(ofNode: node)
        }
    }

    /// Without annotations and images, which tell of everything else that runs there.
    private static func summary(ofNode node: JSONValue) -> JSONValue {
        var summary: [String: JSONValue] = [:]
        for (part, names) in [
            ("metadata", ["name", "labels"]), ("spec", ["unschedulable", "taints"]),
            ("status", ["capacity", "allocatable", "conditions", "nodeInfo"]),
        ] {
            for name in names { summary[name] = node[part]?[name] }
        }
        return .object(summary)
    }

    private func collect(_ namespace: String, into bundle: inout SupportBundle) async {
        let isSystem = namespace == scope.systemNamespace
        for resource in isSystem ? Self.systemKinds : Self.namespacedKinds {
            await list(
                resource, Selection(namespace: namespace), "\(namespace)/\(resource.plural).yaml", into: &bundle
            ) { document in
                let isShared = !isSystem && Self.sharedKinds.contains(resource)
                return isShared && !Self.isOurs(document) ? nil : document
            }
        }
    }

    private func list(
        _ resource: Resource, _ selection: Selection, _ path: String, into bundle: inout SupportBundle,
        _ keep: (JSONValue) -> JSONValue?
    ) async {
        do {
            let kept = try await client.list(resource, selection).compactMap(keep)
            bundle.add(path, YAMLWriter.text(.array(kept.map(redaction.document))))
        } catch {
            bundle.missing(path, because: redaction.text("\(error)"))
        }
    }

    // MARK: Logs

    private func collectLogs(_ namespace: String, into bundle: inout SupportBundle) async {
        let pods: [JSONValue]
        do {
            pods = try await client.list(Pod.resource, Selection(namespace: namespace))
        } catch {
            return bundle.missing("logs of \(namespace)", because: redaction.text("\(error)"))
        }
        let wanted = pods.filter { namespace == scope.systemNamespace || Self.isOurs($0) }
        // Pods that ended well have the least to tell.
        let ended = wanted.filter { $0["status"]?["phase"] == "Succeeded" }
        for pod in wanted.filter({ $0["status"]?["phase"] != "Succeeded" }) + ended {
            await collectLogs(of: pod, namespace, into: &bundle)
        }
    }

    private func collectLogs(of pod: JSONValue, _ namespace: String, into bundle: inout SupportBundle) async {
        let name = pod["metadata"]?["name"]?.stringValue ?? ""
        let statuses = ["initContainerStatuses", "containerStatuses"].flatMap { pod["status"]?[$0]?.arrayValue ?? [] }
        for status in statuses {
            let container = status["name"]?.stringValue ?? ""
            // A container that waits for its image has no log.
            let hasStarted = status["state"]?["waiting"] == nil || (status["restartCount"]?.intValue ?? 0) > 0
            guard hasStarted else { continue }
            let path = "\(namespace)/logs/\(name)/\(container)"
            var options = LogOptions(container: container, tailLines: scope.logLines, limitBytes: Self.logBytes)
            await log(ObjectKey(namespace: namespace, name: name), options, "\(path).log", into: &bundle)
            guard (status["restartCount"]?.intValue ?? 0) > 0 else { continue }
            options.previous = true
            await log(ObjectKey(namespace: namespace, name: name), options, "\(path).previous.log", into: &bundle)
        }
    }

    private func log(
        _ pod: ObjectKey, _ options: LogOptions, _ path: String, into bundle: inout SupportBundle
    ) async {
        do {
            let bytes = try await client.log(pod, options).collect(upTo: 2 * Self.logBytes)
            bundle.add(path, redaction.text(String(decoding: bytes, as: UTF8.self)))
        } catch {
            bundle.missing(path, because: redaction.text("\(error)"))
        }
    }

    /// Of one container.
    private static let logBytes = 2 << 20

    private static func unique(_ names: [String]) -> [String] {
        names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
