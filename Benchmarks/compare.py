"""Measures two builds of the controller by turns, on one API server for each turn, and prints how they compare.

    Benchmarks/compare.py --before PATH --after PATH --load PATH [--jobs 500] [--turns 2] [--only life,memory]

Figures of two builds mean something beside each other only when they were taken under the same load of the machine; so
each turn runs both, and the ratio is of the sums.
"""

import argparse
import json
import sys
import time

from cluster import Cluster, Controller, until
from run import CONCURRENCY, settled

MEGABYTE = 1 << 20


def life(load, program, count):
    """`count` jobs of one worker: made while the controller is down, started, and ended all at once."""
    cluster = Cluster(load)
    try:
        namespace = cluster.namespace("life")
        cluster.load("create", namespace=namespace, count=count, concurrency=16)
        waiting = cluster.start_load("wait", namespace=namespace, count=count)
        time.sleep(1)
        controller = Controller(cluster, program, "--namespace", namespace, "--workers", str(CONCURRENCY))
        controller.ready()
        children = json.loads(waiting.communicate()[0])["epoch"] - controller.began
        until("the controller has nothing left to write", settled(controller), pause=1)
        made = controller.cpu()
        cluster.load("play", namespace=namespace, phase="Running", concurrency=16)
        until("the controller has nothing left to write", settled(controller), pause=1)
        running, began = controller.cpu(), time.time()
        ending = cluster.start_load("finish", namespace=namespace, count=count, timeout="120s")
        cluster.load("play", namespace=namespace, phase="Succeeded", concurrency=16)
        ending.communicate()
        verdicts = time.time() - began
        until("the controller has nothing left to write", settled(controller), pause=1)
        figures = {
            "start to all children s": children, "CPU until made s": made, "CPU until running s": running - made,
            "end to last verdict s": verdicts, "CPU of the end s": controller.cpu() - running,
            "CPU of all s": controller.cpu(), "RSS MB": controller.memory(),
        }
        controller.stop()
        return figures
    finally:
        cluster.close()


def memory(load, program, count, size):
    """Resident memory with `count` jobs of about `size` bytes each, after a start and after all were seen to change."""
    cluster = Cluster(load)
    try:
        for index in range(count):
            job = large_job(f"large-{index}", size)
            path = cluster.folder / "job.json"
            path.write_text(json.dumps(job))
            cluster.kubectl("create", "--validate=false", "-f", str(path))
        controller = Controller(cluster, program, "--workers", str(CONCURRENCY))
        controller.ready()
        until("the controller has nothing left to write", settled(controller), pause=2)
        figures = {f"RSS MB, {count} jobs of {size / MEGABYTE:.2g} MiB": controller.memory()}
        controller.stop()
        return figures
    finally:
        cluster.close()


def large_job(name, size):
    """A job whose template has as many environment variables as there may be, and that waits: it is suspended."""
    count = min(4_000, size // 60)
    variables = [{"name": f"VARIABLE_{n}", "value": "v" * (size // count - 45)} for n in range(count)]
    container = {"name": "tensorflow", "image": "example/trainer:1", "env": variables}
    return {
        "apiVersion": "kubeflow.org/v1", "kind": "TFJob", "metadata": {"name": name, "namespace": "default"},
        "spec": {"runPolicy": {"suspend": True}, "tfReplicaSpecs": {
            "Worker": {"replicas": 1, "template": {"spec": {"containers": [container]}}}}},
    }


def add(total, figures):
    for name, value in figures.items():
        total[name] = total.get(name, 0) + value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", required=True, help="a release build of aerie-controller")
    parser.add_argument("--after", required=True, help="another one")
    parser.add_argument("--load", required=True, help="the bare client, built from Benchmarks/load")
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--only", default="life,memory")
    options = parser.parse_args()
    sums = {"before": {}, "after": {}}
    for turn in range(options.turns):
        # Which comes first changes, as the machine may grow slower or faster.
        order = ["before", "after"] if turn % 2 == 0 else ["after", "before"]
        for build in order:
            program = getattr(options, build)
            if "life" in options.only:
                add(sums[build], life(options.load, program, options.jobs))
            if "memory" in options.only and turn == 0:
                for count, size in ((20, 1_400_000), (1_000, 20_000)):
                    figures = memory(options.load, program, count, size)
                    add(sums[build], {name: value * options.turns for name, value in figures.items()})
            print(f"turn {turn + 1}, {build}: done", file=sys.stderr, flush=True)
    print(f"{options.jobs} jobs, means of {options.turns} turns\n")
    print(f"{'':<38}{'before':>9}{'after':>9}{'ratio':>8}")
    for name in sums["before"]:
        before, after = (sums[build][name] / options.turns for build in ("before", "after"))
        print(f"{name:<38}{before:>9.2f}{after:>9.2f}{after / before:>8.2f}")


if __name__ == "__main__":
    sys.exit(main())
