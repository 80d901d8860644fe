#!/usr/bin/env python3
"""Calls everything in kubeflow.training.TrainingClient that concerns TFJobs, and prints what came back as one JSON object.

usage: training_client.py KUBECONFIG NAMESPACE      (the images are those of the test's local cluster)
"""
import json
import sys

from kubernetes import client as kubernetes
from kubeflow.training import (
    KubeflowOrgV1ReplicaSpec,
    KubeflowOrgV1RunPolicy,
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


def failing_job():
    client.create_job(job("wrong", {"Worker": replicas(1, "echo no such file >&2; exit 3")}))
    results["refused to wait for a failed job"] = refusal(wait, "wrong", "Succeeded")
    results["failed"] = [client.is_job_failed("wrong"), client.is_job_succeeded("wrong")]
    results["log of the failed"] = client.get_job_logs("wrong")[0]
    client.delete_job("wrong")


def restarting_job():
    client.create_job(job("unlucky", {"Worker": replicas(1, "exit 130", "ExitCode")}, backoff_limit=2))
    wait("unlucky", "Restarting")
    results["restarting"] = client.is_job_restarting("unlucky")
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
failing_job()
restarting_job()
job_from_a_function()
print(json.dumps(results))
