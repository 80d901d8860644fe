#!/usr/bin/env python3
"""Calls everything in kubeflow.training.TrainingClient that concerns TFJobs, and prints what came back as one JSON object.

usage: training_client.py KUBECONFIG NAMESPACE      (the images are those of the test's local cluster)
"""
import json
import sys
import time

from kubernetes import client as kubernetes
from kubeflow.training import (
    KubeflowOrgV1ReplicaSpec,
    KubeflowOrgV1RunPolicy,
    KubeflowOrgV1SchedulingPolicy,
    KubeflowOrgV1TFJob,
    KubeflowOrgV1TFJobSpec,
    TrainingClient,
)

kubeconfig, namespace = sys.argv[1:]
client = TrainingClient(config_file=kubeconfig, namespace=namespace, job_kind="TFJob")
results = {}


def refusal(call, *arguments, **options):
    """The error that a call ends with; None if it ends well."""
    try:
        call(*arguments, **options)
    except (RuntimeError, TimeoutError, ValueError) as error:
        return f"{type(error).__name__}: {error.__cause__ or error}"
    return None


def replicas(count, script, restart_policy="Never"):
    return KubeflowOrgV1ReplicaSpec(
        replicas=count,
        restart_policy=restart_policy,
        template=kubernetes.V1PodTemplateSpec(
            spec=kubernetes.V1PodSpec(
                containers=[kubernetes.V1Container(name="tensorflow", image="shell:local", args=["-c", script])]
            )
        ),
    )


def job(name, replica_specs, **run_policy):
    return KubeflowOrgV1TFJob(
        api_version="kubeflow.org/v1",
        kind="TFJob",
        metadata=kubernetes.V1ObjectMeta(name=name, namespace=namespace),
        spec=KubeflowOrgV1TFJobSpec(run_policy=KubeflowOrgV1RunPolicy(**run_policy), tf_replica_specs=replica_specs),
    )


def wait(name, condition, callback=None):
    return client.wait_for_job_conditions(
        name, expected_conditions={condition}, polling_interval=1, wait_timeout=180, callback=callback
    )


def life_of_a_job():
    """Created, watched while it runs, changed, read after its end, deleted."""
    ending = 'trap "exit 0" TERM; echo "I am $HOSTNAME"; echo "$TF_CONFIG"; while ! [ -e /tmp/end ]; do sleep 0.2; done'
    chief = 'echo "I am $HOSTNAME"; for i in $(seq 100); do sleep 0.1; done; echo done'
    client.create_job(job("life", {"Chief": replicas(1, chief), "Worker": replicas(2, ending)}, clean_pod_policy="None"))
    results["refused duplicate"] = refusal(client.create_job, job("life", {"Worker": replicas(1, "true")}))
    read = client.get_job("life")
    results["read back"] = [read.kind, read.metadata.name, read.spec.tf_replica_specs["Worker"].replicas]
    running = wait("life", "Running")
    results["running"] = [
        client.is_job_created("life"), client.is_job_running("life"), client.is_job_running(job=running),
        client.is_job_restarting("life"), client.is_job_succeeded("life"), client.is_job_failed("life"),
    ]
    results["pods"] = {
        "all": sorted(client.get_job_pod_names("life")),
        "master": client.get_job_pod_names("life", is_master=True),
        "workers": sorted(client.get_job_pod_names("life", replica_type="worker")),
        "second worker": client.get_job_pod_names("life", replica_type="worker", replica_index=1),
        "objects": sorted(pod.metadata.name for pod in client.get_job_pods("life")),
    }
    results["listed"] = "life" in [each.metadata.name for each in client.list_jobs()]
    followed, _ = client.get_job_logs("life", follow=True)
    results["followed log"] = followed
    seen = []
    wait("life", "Succeeded", callback=lambda each: seen.append(each.metadata.name))
    results["callback"] = seen[0]
    results["succeeded"] = [client.is_job_succeeded("life"), client.is_job_failed("life"), client.is_job_running("life")]
    conditions = client.get_job_conditions("life")
    results["conditions"] = {each.type: each.status for each in conditions}
    logs, events = client.get_job_logs("life", is_master=False, verbose=True)
    results["logs"] = logs
    results["events"] = {about: " ".join(lines) for about, lines in events.items()}
    changed = client.get_job("life")
    changed.metadata.labels = {"reviewed": "yes"}
    client.update_job(changed, "life")
    results["updated"] = client.get_job("life").metadata.labels
    client.delete_job("life")
    results["refused after deletion"] = refusal(client.get_job, "life")
    results["refused deletion"] = refusal(client.delete_job, "life")


def every_field():
    """A job with every field of the SDK's models comes back as it was sent."""
    template = kubernetes.V1PodTemplateSpec(
        metadata=kubernetes.V1ObjectMeta(labels={"team": "vision"}, annotations={"sidecar.istio.io/inject": "false"}),
        spec=kubernetes.V1PodSpec(
            service_account_name="default", node_selector={"pool": "gpu"},
            tolerations=[kubernetes.V1Toleration(key="nvidia.com/gpu", operator="Exists", effect="NoSchedule")],
            volumes=[kubernetes.V1Volume(name="scratch", empty_dir=kubernetes.V1EmptyDirVolumeSource())],
            containers=[
                kubernetes.V1Container(
                    name="tensorflow", image="shell:local", command=["bash"], args=["-c", "true"], working_dir="/tmp",
                    image_pull_policy="IfNotPresent",
                    env=[
                        kubernetes.V1EnvVar(name="RATE", value="0.1"),
                        kubernetes.V1EnvVar(
                            name="HOST",
                            value_from=kubernetes.V1EnvVarSource(
                                field_ref=kubernetes.V1ObjectFieldSelector(field_path="spec.nodeName")
                            ),
                        ),
                    ],
                    ports=[kubernetes.V1ContainerPort(name="tfjob-port", container_port=3333)],
                    resources=kubernetes.V1ResourceRequirements(
                        limits={"nvidia.com/gpu": "1"}, requests={"cpu": "100m", "memory": "64Mi"}
                    ),
                    volume_mounts=[kubernetes.V1VolumeMount(name="scratch", mount_path="/scratch", read_only=False)],
                )
            ],
        ),
    )
    specs = {
        kind: KubeflowOrgV1ReplicaSpec(replicas=1, restart_policy=policy, template=template)
        for kind, policy in [("Chief", "Never"), ("PS", "Always"), ("Worker", "ExitCode"), ("Evaluator", "OnFailure")]
    }
    sent = job(
        "full", specs, active_deadline_seconds=600, backoff_limit=3, clean_pod_policy="Running", suspend=True,
        ttl_seconds_after_finished=60, managed_by="kubeflow.org/training-operator",
        scheduling_policy=KubeflowOrgV1SchedulingPolicy(
            min_available=3, priority_class="high", queue="research", schedule_timeout_seconds=120
        ),
    )
    sent.spec.success_policy = "AllWorkers"
    sent.spec.enable_dynamic_worker = True
    client.create_job(sent)
    wait("full", "Created")
    results["every field"] = client.get_job("full").spec.to_dict() == sent.spec.to_dict()
    client.delete_job("full")


def failing_job():
    client.create_job(job("wrong", {"Worker": replicas(1, "echo no such file >&2; exit 3")}))
    results["refused to wait for a failed job"] = refusal(wait, "wrong", "Succeeded")
    results["failed"] = [client.is_job_failed("wrong"), client.is_job_succeeded("wrong")]
    results["log of the failed"] = client.get_job_logs("wrong")[0]
    client.delete_job("wrong")


def restarting_job():
    client.create_job(job("unlucky", {"Worker": replicas(1, "exit 130", "ExitCode")}, backoff_limit=2))
    # The first restart is at once, so it may be over when one looks; the second one waits for some seconds.
    deadline = time.monotonic() + 60
    while not (seen := client.is_job_restarting("unlucky")) and time.monotonic() < deadline:
        time.sleep(0.2)
    results["restarting"] = seen
    client.delete_job("unlucky")


def job_from_a_function():
    """What notebooks do: a function becomes a job's program."""

    def train(parameters):
        import json
        import os

        cluster = json.loads(os.environ["TF_CONFIG"])["cluster"]
        print("rate", parameters["rate"], "purpose", os.environ["PURPOSE"], "chiefs", len(cluster["chief"]))

    client.create_job(
        name="function", train_func=train, parameters={"rate": 0.1}, base_image="python:local", num_workers=1,
        num_chief_replicas=1, resources_per_worker={"cpu": "50m", "memory": "64Mi"}, env_vars={"PURPOSE": "test"},
        labels={"team": "vision"}, annotations={"why": "to see"},
    )
    done = wait("function", "Succeeded")
    results["function"] = {
        "labels": done.metadata.labels, "annotation": done.metadata.annotations["why"],
        "logs": client.get_job_logs("function")[0],
    }
    client.delete_job("function")


life_of_a_job()
every_field()
failing_job()
restarting_job()
job_from_a_function()
print(json.dumps(results))
