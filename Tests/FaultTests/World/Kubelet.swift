import AerieAPI
import ControllerRuntime
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics
import Synchronization
import TestCluster

/// Plays the pods of one namespace by a script, as soon as something changes.
///
/// What a pod does depends on the status of its TFJob and not on time: the controller has always seen one scene before the
/// next begins, so that every run comes to the same end however often it was disturbed.
struct Kubelet: Sendable {
    /// What a script may look at.
    struct Scene: Sendable {
        var pod: PlayedPod
        /// Counts the pods that have had this name, from 1.
        var attempt: Int
        /// The job that the pod belongs to, if that is a TFJob.
        var job: TFJob?

        /// Whether the controller has written that all pods are at work, and has done nothing about it since.
        ///
        /// Pods of a new job are there before its status is, and may be heard of before the job.
        var isSeen: Bool {
            pod.label(TFJob.Label.jobName) == nil || job?.status?.isTrue(.allReplicasReady) == true
        }
    }

    typealias Script = @Sendable (Scene) -> PodPlayer.Act

    /// A pod with everything that the server says of it.
    private struct PodDocument: KubernetesObject {
        static let resource = Pod.resource
        let document: JSONValue
        let metadata: ObjectMeta

        init(from decoder: any Decoder) throws {
            document = try JSONValue(from: decoder)
            metadata = try (document["metadata"] ?? [:]).decode(ObjectMeta.self)
        }

        func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }
    }

    let cluster: OperatorCluster
    let namespace: String

    /// Plays until the task is cancelled.
    func play(_ script: @escaping Script) async throws {
        let pods = Store<PodDocument>()
        let jobs = Store<TFJob>()
        let attempts = Mutex<[String: [String]]>([:])
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        pods.onChange { pod in
            attempts.withLock { attempts in
                if attempts[pod.metadata.name]?.contains(pod.metadata.uid) != true {
                    attempts[pod.metadata.name, default: []].append(pod.metadata.uid)
                }
            }
            change.yield()
        }
        jobs.onChange { _ in change.yield() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await informer(of: pods).run() }
            group.addTask { await informer(of: jobs).run() }
            group.addTask {
                // A script may change its mind without anything happening in the cluster.
                while true {
                    try await Task.sleep(for: .milliseconds(250))
                    change.yield()
                }
            }
            defer { group.cancelAll() }
            let player = cluster.player(in: namespace)
            for await _ in changes {
                for pod in pods.all.map({ PlayedPod($0.document) }) where !pod.isOver {
                    let number = attempts.withLock { ($0[pod.name]?.firstIndex(of: pod.uid) ?? 0) + 1 }
                    let job = pod.label(TFJob.Label.jobName).flatMap {
                        jobs[ObjectKey(namespace: namespace, name: $0)]
                    }
                    do throws(KubernetesError) {
                        try await player.play(script(Scene(pod: pod, attempt: number, job: job)), with: pod)
                    } catch {
                        // A server that is away comes back; kubelets wait for it.
                        try await Task.sleep(for: .milliseconds(100))
                        change.yield()
                    }
                }
            }
        }
    }

    private func informer<Object: KubernetesObject>(of store: Store<Object>) -> Informer<Object> {
        Informer(
            client: cluster.admin, store: store, selection: Selection(namespace: namespace),
            metrics: RuntimeMetrics(in: MetricsRegistry()),
            logger: Logger(label: "kubelet") { _ in SwiftLogNoOpLogHandler() })
    }
}
