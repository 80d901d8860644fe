"""The rival of the benchmarks: the same job logic in Python, on kopf and the official client, as its guides show it.

For a TFJob: write the Created condition, make a headless service and a pod for each replica, both owned by the job; when a
pod changes, write the job's state. Only what the benchmark's jobs need (one worker); neither restarts nor clean-up.
"""

import datetime

import kopf
import kubernetes

OPERATOR = {"training.kubeflow.org/operator-name": "tfjob-controller"}


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def condition(kind, reason, message):
    return {
        "type": kind, "status": "True", "reason": reason, "message": message,
        "lastUpdateTime": now(), "lastTransitionTime": now(),
    }


@kopf.on.startup()
def configure(settings, **_):
    kubernetes.config.load_kube_config()
    settings.posting.loggers = False  # No events for log lines: the comparison is of the jobs' own writes.


@kopf.on.create("kubeflow.org", "v1", "tfjobs")
def create(name, namespace, spec, patch, body, **_):
    core = kubernetes.client.CoreV1Api()
    patch.status["startTime"] = now()
    patch.status["conditions"] = [condition("Created", "TFJobCreated", f"TFJob {name} is created.")]
    for kind, replica in spec["tfReplicaSpecs"].items():
        for index in range(replica.get("replicas", 1)):
            labels = OPERATOR | {
                "training.kubeflow.org/job-name": name, "training.kubeflow.org/replica-type": kind.lower(),
                "training.kubeflow.org/replica-index": str(index), "training.kubeflow.org/job-role": "master",
            }
            metadata = {"name": f"{name}-{kind.lower()}-{index}", "labels": labels}
            ports = [{"name": "tfjob-port", "port": 2222}]
            service = {"metadata": dict(metadata), "spec": {"clusterIP": "None", "selector": labels, "ports": ports}}
            template = {"restartPolicy": replica.get("restartPolicy", "Never")} | dict(replica["template"]["spec"])
            pod = {"metadata": dict(metadata), "spec": template}
            for child in (service, pod):
                kopf.append_owner_reference(child, owner=body)
            core.create_namespaced_service(namespace, service)
            kopf.event(body, type="Normal", reason="SuccessfulCreateService", message=f"Created service {metadata['name']}")
            core.create_namespaced_pod(namespace, pod)
            kopf.event(body, type="Normal", reason="SuccessfulCreatePod", message=f"Created pod {metadata['name']}")


@kopf.on.event("v1", "pods", labels=OPERATOR)
def pod_changed(event, namespace, labels, status, **_):
    if event["type"] == "DELETED" or status.get("phase") not in ("Running", "Succeeded"):
        return
    job = labels["training.kubeflow.org/job-name"]
    state = {"Running": ("Running", "TFJobRunning"), "Succeeded": ("Succeeded", "TFJobSucceeded")}[status["phase"]]
    change = {"conditions": [condition(*state, f"TFJob {namespace}/{job}: {state[0]}.")]}
    if state[0] == "Succeeded":
        change["completionTime"] = now()
    kubernetes.client.CustomObjectsApi().patch_namespaced_custom_object_status(
        "kubeflow.org", "v1", namespace, "tfjobs", job, {"status": change})
