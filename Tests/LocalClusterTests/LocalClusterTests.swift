import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import LocalCluster
import Testing

@Suite("Pods on a local cluster", .runningCluster)
struct LocalClusterTests {
    private var cluster: RunningCluster.Access {
        get throws { try #require(RunningCluster.current) }
    }

    private func terminated(_ status: JSONValue, _ list: String = "containerStatuses") -> JSONValue? {
        status[list]?[0]?["state"]?["terminated"]
    }

    @Test("a pod succeeds, with its last words, its log and the digest of what ran") func success() async throws {
        let cluster = try cluster
        try await cluster.create("success", "echo hello; printf 'the end' > /dev/termination-log")
        let status = try await cluster.wait("success", phase: "Succeeded")
        #expect(terminated(status)?["exitCode"] == 0)
        #expect(terminated(status)?["reason"] == "Completed")
        #expect(terminated(status)?["message"] == "the end")
        #expect(status["hostIP"] == "127.0.0.1")
        #expect(status["podIP"]?.stringValue?.hasPrefix("127.64.") == true)
        #expect(status["containerStatuses"]?[0]?["imageID"]?.stringValue?.contains("@sha256:") == true)
        #expect(try await cluster.log("success") == "hello\n")
    }

    @Test("a failing pod reports its exit code and the end of its log") func failure() async throws {
        let cluster = try cluster
        try await cluster.create(
            "failure", "echo first; echo wrong >&2; exit 65",
            container: ["terminationMessagePolicy": "FallbackToLogsOnError"])
        let status = try await cluster.wait("failure", phase: "Failed")
        #expect(terminated(status)?["exitCode"] == 65)
        #expect(terminated(status)?["message"] == "first\nwrong\n")
    }

    @Test("a signal is 128 and its number") func signal() async throws {
        let cluster = try cluster
        try await cluster.create("signal", "kill -9 $$$$")
        #expect(terminated(try await cluster.wait("signal", phase: "Failed"))?["exitCode"] == 137)
    }

    @Test("a program that is not there is a start error, not a mystery") func noProgram() async throws {
        let cluster = try cluster
        try await cluster.create("no-program", "", container: ["command": ["/no/such/program"]])
        let status = try await cluster.wait("no-program", phase: "Failed")
        #expect(terminated(status)?["exitCode"] == 128)
        #expect(terminated(status)?["reason"] == "StartError")
        #expect(terminated(status)?["message"]?.stringValue?.contains("/no/such/program") == true)
    }

    @Test("two pods have their own /data, and neither sees the machine's folders") func ownMounts() async throws {
        let cluster = try cluster
        let spec: JSONValue = ["volumes": [["name": "data", "emptyDir": [:]]]]
        let mounts: JSONValue = ["volumeMounts": [["name": "data", "mountPath": "/data"]]]
        for name in ["own-a", "own-b"] {
            try await cluster.create(
                name, "echo \(name) > /data/name; sleep 1; cat /data/*; ls /root /home /work 2>/dev/null | wc -l",
                container: mounts, spec: spec)
        }
        for name in ["own-a", "own-b"] {
            try await cluster.wait(name, phase: "Succeeded")
            #expect(try await cluster.log(name) == "\(name)\n0\n")
        }
    }

    @Test("every kind of volume holds what it should") func volumes() async throws {
        let cluster = try cluster
        let configMaps = Resource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
        let secrets = Resource(group: "", version: "v1", kind: "Secret", plural: "secrets")
        let claims = Resource(
            group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims")
        func named(_ resource: Resource) -> Reference { Reference(resource, namespace: "default", name: "volumes") }
        try await cluster.create(named(configMaps), ["data": ["a.txt": "alpha"]])
        try await cluster.create(named(secrets), ["stringData": ["password": "hunter2"]])
        try await cluster.create(
            named(claims), ["spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Mi"]]]])
        let folder = "\(cluster.state.path)/host"
        try Files.createFolder(folder)
        try Files.write("from the host", to: "\(folder)/file", mode: 0o644)
        let token: JSONValue = ["serviceAccountToken": ["path": "token", "audience": "aerie.dev/report"]]
        let downward: JSONValue = [
            "downwardAPI": ["items": [["path": "labels", "fieldRef": ["fieldPath": "metadata.labels"]]]]
        ]
        let selected: JSONValue = ["secret": ["name": "volumes", "items": [["key": "password", "path": "p/w"]]]]
        let output = try await cluster.output(
            "volumes",
            """
            cat /config/a.txt; echo; cat /secret/password; echo; cat /all/p/w; echo; cut -c1-3 /all/token
            cat /host/file; echo; echo result > /claim/sub/result; touch /config/x 2>/dev/null || echo read-only
            touch /host/x 2>/dev/null || echo read-only
            """,
            container: [
                "volumeMounts": [
                    ["name": "config", "mountPath": "/config"], ["name": "secret", "mountPath": "/secret"],
                    ["name": "all", "mountPath": "/all"], ["name": "host", "mountPath": "/host", "readOnly": true],
                    ["name": "claim", "mountPath": "/claim/sub", "subPath": "made/here"],
                ]
            ],
            spec: [
                "volumes": [
                    ["name": "config", "configMap": ["name": "volumes"]],
                    ["name": "secret", "secret": ["secretName": "volumes"]],
                    ["name": "all", "projected": ["sources": [token, downward, selected]]],
                    ["name": "host", "hostPath": ["path": .string(folder), "type": "Directory"]],
                    ["name": "claim", "persistentVolumeClaim": ["claimName": "volumes"]],
                ]
            ])
        #expect(output == "alpha\nhunter2\nhunter2\neyJ\nfrom the host\nread-only\nread-only\n")
        #expect(
            try Files.readText("\(cluster.state.volumes)/default/volumes/made/here/result") == "result\n")
    }

    @Test("a volume that refers to nothing is named, and the pod starts when it appears") func lateVolume() async throws
    {
        let cluster = try cluster
        try await cluster.create(
            "late", "cat /c/k", container: ["volumeMounts": [["name": "c", "mountPath": "/c"]]],
            spec: ["volumes": [["name": "c", "configMap": ["name": "late"]]]])
        try await cluster.wait("late", "waiting for its volume") {
            $0["message"]?.stringValue?.contains("configmap \"late\" not found") == true
        }
        let configMaps = Resource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
        try await cluster.create(Reference(configMaps, namespace: "default", name: "late"), ["data": ["k": "v"]])
        try await cluster.wait("late", phase: "Succeeded")
        #expect(try await cluster.log("late") == "v")
    }

    @Test("init containers run in order before the others") func initContainers() async throws {
        let cluster = try cluster
        let mounts: JSONValue = [["name": "data", "mountPath": "/data"]]
        func initContainer(_ name: String) -> JSONValue {
            [
                "name": .string(name), "image": "host-shell:local", "volumeMounts": mounts,
                "args": ["-c", .string("sleep 0.3; echo \(name) >> /data/order")],
            ]
        }
        let output = try await cluster.output(
            "init", "cat /data/order", container: ["volumeMounts": mounts],
            spec: [
                "initContainers": [initContainer("one"), initContainer("two")],
                "volumes": [["name": "data", "emptyDir": [:]]],
            ])
        #expect(output == "one\ntwo\n")
        let status = try await cluster.status("init")
        #expect(terminated(status, "initContainerStatuses")?["exitCode"] == 0)
    }

    @Test("a crashing container is restarted with back-off, and its earlier log is kept") func crashLoop() async throws
    {
        let cluster = try cluster
        try await cluster.create(
            "crash", "echo run; exit 3", restartPolicy: "Always")
        let status = try await cluster.wait("crash", "crash looping twice") {
            $0["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"] == "CrashLoopBackOff"
                && $0["containerStatuses"]?[0]?["restartCount"]?.intValue ?? 0 >= 2
        }
        #expect(status["phase"] == "Running")
        #expect(status["containerStatuses"]?[0]?["lastState"]?["terminated"]?["exitCode"] == 3)
        #expect(try await cluster.log("crash", LogOptions(previous: true)) == "run\n")
        try await cluster.delete("crash")
        try await cluster.waitUntilGone("crash")
    }

    @Test("a deleted pod may end in order within its grace period") func gracefulEnd() async throws {
        let cluster = try cluster
        let folder = "\(cluster.state.path)/graceful"
        try await cluster.create(
            "graceful",
            "trap 'sleep 0.5; echo saved > /out/state; exit 0' TERM; echo ready; while true; do sleep 0.1; done",
            container: ["volumeMounts": [["name": "out", "mountPath": "/out"]]],
            spec: ["volumes": [["name": "out", "hostPath": ["path": .string(folder), "type": "DirectoryOrCreate"]]]])
        try await cluster.wait("graceful", phase: "Running")
        while try await !cluster.log("graceful").contains("ready") { try await Task.sleep(for: .milliseconds(50)) }
        let start = ContinuousClock.now
        try await cluster.delete("graceful", gracePeriod: 20)
        try await cluster.waitUntilGone("graceful")
        #expect(try Files.readText("\(folder)/state") == "saved\n")
        #expect(ContinuousClock.now - start < .seconds(15))
    }

    @Test("a pod that ignores SIGTERM is killed after its grace period, children and all") func kill() async throws {
        let cluster = try cluster
        try await cluster.create("stubborn", "trap '' TERM; sleep 1000 & echo ready; while true; do sleep 1; done")
        try await cluster.wait("stubborn", phase: "Running")
        while try await !cluster.log("stubborn").contains("ready") { try await Task.sleep(for: .milliseconds(50)) }
        let start = ContinuousClock.now
        try await cluster.delete("stubborn", gracePeriod: 2)
        try await cluster.waitUntilGone("stubborn")
        let elapsed = ContinuousClock.now - start
        #expect(elapsed > .seconds(1.8))
        #expect(elapsed < .seconds(15))
    }

    @Test("following a log delivers lines as they are written and ends with the container") func follow() async throws {
        let cluster = try cluster
        try await cluster.create("follow", "for i in 1 2 3 4 5; do echo line $i; sleep 1; done")
        try await cluster.wait("follow", phase: "Running")
        let body = try await cluster.client.log(
            ObjectKey(namespace: "default", name: "follow"), LogOptions(follow: true))
        var pieces: [[UInt8]] = []
        for try await piece in body { pieces.append(piece) }
        #expect(String(decoding: pieces.flatMap(\.self), as: UTF8.self) == "line 1\nline 2\nline 3\nline 4\nline 5\n")
        #expect(pieces.count > 1, "all lines came at once")
        #expect(try await cluster.log("follow", LogOptions(tailLines: 2)) == "line 4\nline 5\n")
        let recent = try await cluster.log("follow", LogOptions(container: "main", sinceSeconds: 3))
        #expect("line 2\nline 3\nline 4\nline 5\n".hasSuffix(recent), "\(recent)")
        await #expect(throws: KubernetesError.self) { try await cluster.log("follow", LogOptions(container: "other")) }
    }

    @Test("no number in a request for a log ends the node") func logNumbers() async throws {
        let cluster = try cluster
        try await cluster.create("log-numbers", "echo line")
        try await cluster.wait("log-numbers", phase: "Succeeded")
        for options in [
            LogOptions(tailLines: .max), LogOptions(sinceSeconds: .max), LogOptions(limitBytes: .max),
        ] {
            #expect(try await cluster.log("log-numbers", options) == "line\n", "\(options)")
        }
    }

    @Test("the largest numbers that the API server takes in a pod do not end the node") func podNumbers() async throws {
        let cluster = try cluster
        let largest: JSONValue = 2_147_483_647
        let probe: JSONValue = [
            "exec": ["command": ["/bin/true"]], "initialDelaySeconds": largest, "periodSeconds": largest,
            "timeoutSeconds": largest, "failureThreshold": largest,
        ]
        try await cluster.create(
            "numbers", "trap 'exit 0' TERM; echo ready; while true; do sleep 0.1; done",
            container: [
                "livenessProbe": probe, "readinessProbe": probe,
                "lifecycle": ["preStop": ["exec": ["command": ["/bin/true"]]]],
            ],
            spec: [
                "terminationGracePeriodSeconds": .init(Int.max), "activeDeadlineSeconds": largest,
                "tolerations": [
                    [
                        "key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute",
                        "tolerationSeconds": .init(Int.max),
                    ]
                ],
            ])
        try await cluster.wait("numbers", phase: "Running")
        while try await !cluster.log("numbers").contains("ready") { try await Task.sleep(for: .milliseconds(50)) }
        try await cluster.delete("numbers")
        try await cluster.waitUntilGone("numbers")
        #expect(try await cluster.output("after", "echo alive") == "alive\n")
    }

    @Test("an image that is nowhere ends in ErrImagePull that names it") func unknownImage() async throws {
        let cluster = try cluster
        try await cluster.create("unknown", "", container: ["image": "127.0.0.1:1/no/such:image"])
        let status = try await cluster.wait("unknown", "waiting for its image") {
            ["ErrImagePull", "ImagePullBackOff"].contains(
                $0["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"]?.stringValue)
        }
        let message = status["containerStatuses"]?[0]?["state"]?["waiting"]?["message"]?.stringValue
        #expect(message?.contains("127.0.0.1:1/no/such:image") == true)
        #expect(status["phase"] == "Pending")
        await #expect(throws: KubernetesError.self) { try await cluster.log("unknown") }
        try await cluster.delete("unknown")
        try await cluster.waitUntilGone("unknown")
    }

    @Test("one GPU serves one pod at a time; the other waits for it") func gpus() async throws {
        let cluster = try cluster
        let container: JSONValue = ["resources": ["limits": ["nvidia.com/gpu": 1]]]
        try await cluster.create("gpu-a", "while true; do sleep 0.1; done", container: container)
        try await cluster.wait("gpu-a", phase: "Running")
        try await cluster.create("gpu-b", "true", container: container)
        let status = try await cluster.wait("gpu-b", "refused by the scheduler") {
            $0["conditions"]?[0]?["reason"] == "Unschedulable"
        }
        #expect(
            status["conditions"]?[0]?["message"]?.stringValue?.contains("Insufficient nvidia.com/gpu") == true)
        try await cluster.delete("gpu-a", gracePeriod: 1)
        try await cluster.wait("gpu-b", phase: "Succeeded")
    }

    @Test("users, read-only roots and working folders are as asked for") func securityContext() async throws {
        let cluster = try cluster
        let output = try await cluster.output(
            "secure", "id -u; id -g; pwd; touch /x 2>/dev/null || echo read-only",
            container: [
                "workingDir": "/tmp",
                "securityContext": [
                    "runAsUser": 65_532, "runAsGroup": 65_532, "runAsNonRoot": true, "readOnlyRootFilesystem": true,
                ],
            ])
        #expect(output == "65532\n65532\n/tmp\nread-only\n")
        try await cluster.create("insecure", "true", container: ["securityContext": ["runAsNonRoot": true]])
        try await cluster.wait("insecure", "refused") {
            $0["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"] == "CreateContainerConfigError"
        }
        try await cluster.delete("insecure")
    }

    @Test("a pod's token and certificate open the API server to its service account") func serviceAccount() async throws
    {
        let cluster = try cluster
        let output = try await cluster.output(
            "account",
            """
            cd /var/run/secrets/kubernetes.io/serviceaccount
            curl -s --cacert ca.crt -H "Authorization: Bearer $(cat token)" \
            https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/$(cat namespace)/secrets
            """)
        #expect(output.contains("system:serviceaccount:default:default"))
        #expect(output.contains("Forbidden"))
    }

    @Test("a pod is ready when its probe passes, and reachable at its address") func readiness() async throws {
        let cluster = try cluster
        let server = """
            sleep 1; exec perl -MSocket -e '
            socket(S, PF_INET, SOCK_STREAM, 6) or die;
            setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1);
            bind(S, sockaddr_in(8080, inet_aton($ENV{IP}))) or die; listen(S, 5) or die;
            while (accept(C, S)) { <C>; syswrite(C, "HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok"); close(C) }'
            """
        try await cluster.create(
            "ready", server,
            container: [
                "env": [["name": "IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]]],
                "ports": [["name": "http", "containerPort": 8_080]],
                "startupProbe": ["tcpSocket": ["port": 8_080], "periodSeconds": 1, "failureThreshold": 30],
                "readinessProbe": ["httpGet": ["port": "http", "path": "/"], "periodSeconds": 1],
                "livenessProbe": ["exec": ["command": ["/bin/sh", "-c", "test -d /proc/1"]], "periodSeconds": 1],
            ])
        let before = try await cluster.wait("ready", phase: "Running")
        #expect(before["containerStatuses"]?[0]?["ready"] == false)
        let status = try await cluster.wait("ready", "ready") { $0["containerStatuses"]?[0]?["ready"] == true }
        #expect(status["conditions"]?.arrayValue?.contains { $0["type"] == "Ready" && $0["status"] == "True" } == true)
        try await Task.sleep(for: .seconds(2))
        #expect(try await cluster.status("ready")["containerStatuses"]?[0]?["restartCount"] == 0)
        try await cluster.delete("ready", gracePeriod: 1)
    }

    @Test("a container that fails its liveness probe is restarted") func liveness() async throws {
        let cluster = try cluster
        try await cluster.create(
            "sick", "while true; do sleep 0.1; done", restartPolicy: "Always",
            container: [
                "livenessProbe": [
                    "exec": ["command": ["/bin/false"]], "periodSeconds": 1, "failureThreshold": 2,
                ]
            ],
            spec: ["terminationGracePeriodSeconds": 1])
        try await cluster.wait("sick", "restarted") { $0["containerStatuses"]?[0]?["restartCount"]?.intValue ?? 0 > 0 }
        try await cluster.delete("sick", gracePeriod: 1)
    }

    @Test("a pod past its deadline fails") func deadline() async throws {
        let cluster = try cluster
        try await cluster.create(
            "slow", "while true; do sleep 0.1; done",
            spec: ["activeDeadlineSeconds": 2, "terminationGracePeriodSeconds": 1])
        #expect(try await cluster.wait("slow", phase: "Failed")["reason"] == "DeadlineExceeded")
    }

    @Test("names of headless services lead to the pods behind them, also to later ones") func names() async throws {
        let cluster = try cluster
        try await cluster.create(
            Reference(Service.resource, namespace: "default", name: "peer"),
            ["spec": ["clusterIP": "None", "selector": ["role": "peer"], "ports": [["port": 2_222]]]])
        try await cluster.create(
            "seeker", "until getent hosts peer.default.svc; do sleep 0.1; done")
        try await cluster.wait("seeker", phase: "Running")
        try await cluster.create("peer", "while true; do sleep 0.1; done", labels: ["role": "peer"])
        try await cluster.wait("seeker", phase: "Succeeded")
        let address = try await cluster.status("peer")["podIP"]?.stringValue ?? "none"
        #expect(try await cluster.log("seeker").hasPrefix(address))
        try await cluster.delete("peer", gracePeriod: 1)
    }

    @Test("a Deployment's pods become available") func workloads() async throws {
        let cluster = try cluster
        let template: JSONValue = [
            "metadata": ["labels": ["app": "workload"]],
            "spec": [
                "terminationGracePeriodSeconds": 1,
                "containers": [
                    ["name": "main", "image": "host-shell:local", "args": ["-c", "while true; do sleep 0.1; done"]]
                ],
            ],
        ]
        let deployment = Reference(
            Resource(group: "apps", version: "v1", kind: "Deployment", plural: "deployments"), namespace: "default",
            name: "workload")
        try await cluster.create(
            deployment,
            ["spec": ["replicas": 2, "selector": ["matchLabels": ["app": "workload"]], "template": template]])
        let deadline = ContinuousClock.now + .seconds(40)
        var available = 0
        while available < 2, ContinuousClock.now < deadline {
            available = try await cluster.client.get(deployment)["status"]?["availableReplicas"]?.intValue ?? 0
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(available == 2)
        try await cluster.client.delete(deployment, DeleteOptions(propagation: .foreground))
    }
}
