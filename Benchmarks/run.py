"""Runs the benchmarks of the TFJob controller and prints one table; ratios are of figures from this same run.

Every scenario has its own API server, so that none inherits the objects of another. `make bench` builds what is needed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time

from cluster import ROOT, Cluster, Controller, until

# Requests at the same time: the workers of the controller, and the connections of the bare client.
CONCURRENCY = 8


def create_all(cluster, program, count):
    """From the start of the controller, with `count` jobs waiting: seconds until it is ready, until all their pods and
    services exist, and until it has nothing left to write."""
    namespace = cluster.namespace(f"aerie-{count}")
    cluster.load("create", namespace=namespace, count=count, concurrency=16)
    waiting = cluster.start_load("wait", namespace=namespace, count=count)
    time.sleep(1)
    controller = Controller(cluster, program, "--namespace", namespace, "--workers", str(CONCURRENCY))
    ready = controller.ready()
    children = json.loads(waiting.communicate()[0])["epoch"] - controller.began
    written = controller.last_write() - controller.began
    figures = {
        "ready": ready, "children": children, "written": written, "requests": controller.requests(),
        "cpu": controller.cpu(), "memory": controller.memory(),
    }
    controller.stop()
    return figures


def settled(controller):
    last = {}

    def ask():
        nonlocal last
        before, last = last, controller.requests()
        return before == last

    return ask


def bare_client(cluster, name, count, **writes):
    """Seconds of the fastest bare client: over HTTP/1.1 and HTTP/2, with as many requests at a time as the controller has
    workers, and with as many as these send at the same time (a new job's service, pod and status)."""
    times = []
    for http2 in ("false", "true"):
        for concurrency in (CONCURRENCY, 3 * CONCURRENCY):
            namespace = cluster.namespace(f"{name}-{count}-{http2}-{concurrency}")
            measured = cluster.load(
                "replay", namespace=namespace, count=count, concurrency=concurrency, http2=http2, **writes)
            times.append(measured["seconds"])
    return min(times)


def throughput(load, program, count, kopf):
    cluster = Cluster(load)
    try:
        aerie = create_all(cluster, program, count)
        # What the controller wrote for each job: a service, a pod, statuses and events.
        posts, puts = aerie["requests"].get("POST", 0), aerie["requests"].get("PUT", 0)
        writes = {"statuses": round(puts / count), "events": round(posts / count) - 2}
        bare_children = bare_client(cluster, "children", count, statuses=0, events=0)
        bare_all = bare_client(cluster, "all", count, **writes)
        result = {
            "jobs": count, "writes a job": 2 + sum(writes.values()), "start to ready s": aerie["ready"],
            "pods and services s": aerie["children"], "bare client s": bare_children,
            "share of the bare client": bare_children / aerie["children"],
            "all writes s": aerie["written"], "bare client, all writes s": bare_all,
            "share, all writes": bare_all / aerie["written"],
            "controller CPU s": aerie["cpu"], "controller RSS MB": aerie["memory"],
        }
        if kopf:
            seconds = create_all_with_kopf(cluster, kopf, count)
            result |= {"kopf s": seconds, "times faster than kopf": seconds / aerie["children"]}
        return result
    finally:
        cluster.close()


def create_all_with_kopf(cluster, python, count):
    namespace = cluster.namespace(f"kopf-{count}")
    cluster.load("create", namespace=namespace, count=count, concurrency=16)
    waiting = cluster.start_load("wait", namespace=namespace, count=count, timeout="20m")
    began = time.time()
    with open(cluster.folder / "kopf.log", "w") as log:
        process = subprocess.Popen(
            [python, "-m", "kopf", "run", "--standalone", "--quiet", "--namespace", namespace,
             ROOT / "Benchmarks/kopf_operator.py"],
            env=cluster.environment, stdout=log, stderr=log)
        seconds = json.loads(waiting.communicate()[0])["epoch"] - began
        # Not terminate(): with work in its queues kopf waits for it, without an end in sight.
        process.kill()
        process.wait()
    return seconds


def latency(load, program, count):
    """One job a second: from `apply` to its pod, beside the round trip of a bare POST in between."""
    cluster = Cluster(load)
    try:
        controller = Controller(cluster, program, "--workers", str(CONCURRENCY))
        controller.ready()
        measured = cluster.load("latency", count=count, interval="500ms")
        controller.stop()
        trip = measured["roundTrip"]
        return {
            "apply to pod ms p50": measured["applyToPod"]["p50"], "p99": measured["applyToPod"]["p99"],
            "round trip ms p50": trip["p50"], "round trip p99": trip["p99"],
            "p50 in round trips": measured["applyToPod"]["p50"] / trip["p50"],
            "p99 in round trips (p99)": measured["applyToPod"]["p99"] / trip["p99"],
        }
    finally:
        cluster.close()


def life(load, program, count):
    """Requests of a job's whole life: made, running, succeeded."""
    cluster = Cluster(load)
    try:
        controller = Controller(cluster, program)
        controller.ready()
        until("the watches are open", settled(controller), pause=1)
        before = controller.requests()
        cluster.load("create", count=count, concurrency=1)
        for phase in ("Running", "Succeeded"):
            cluster.load("wait", count=count)
            cluster.load("play", phase=phase, concurrency=1)
            until("the controller has answered", settled(controller), pause=1)
        cluster.load("finish", count=count, timeout="60s")
        until("the controller has nothing left to write", settled(controller), pause=1)
        after = controller.requests()
        controller.stop()
        return {method: (after[method] - before.get(method, 0)) / count for method in sorted(after)}
    finally:
        cluster.close()


def ending(load, program, count):
    """All pods of `count` jobs succeed at once: seconds until the last job says so, and until nothing is left to write."""
    cluster = Cluster(load)
    try:
        namespace = cluster.namespace(f"ending-{count}")
        controller = Controller(cluster, program, "--namespace", namespace, "--workers", str(CONCURRENCY))
        controller.ready()
        cluster.load("create", namespace=namespace, count=count, concurrency=16)
        cluster.load("wait", namespace=namespace, count=count)
        controller.last_write()
        watching = cluster.start_load("ended", namespace=namespace, count=count)
        time.sleep(1)
        cpu, began = controller.cpu(), time.time()
        playing = cluster.start_load("play", namespace=namespace, phase="Succeeded", concurrency=16)
        verdict = json.loads(watching.communicate()[0])["epoch"] - began
        played = json.loads(playing.communicate()[0])["seconds"]
        result = {
            "jobs": count, "all pods have succeeded s": played, "last verdict s": verdict,
            "all writes s": controller.last_write() - began, "controller CPU s": controller.cpu() - cpu,
        }
        controller.stop()
        return result
    finally:
        cluster.close()


def soak(load, program, count, seconds):
    """Jobs are made, run, end and are deleted, again and again: what one costs, over time; one line a round."""
    cluster = Cluster(load)
    try:
        namespace = cluster.namespace("soak")
        controller = Controller(cluster, program, "--namespace", namespace, "--workers", str(CONCURRENCY))
        controller.ready()
        began, done, costs = time.time(), 0, []
        print(f"\nSoak: {count} jobs a round, for {seconds} s", flush=True)
        print(f"  {'jobs so far':>12} {'CPU ms a job':>13} {'RSS MB':>8} {'descriptors':>12} {'threads':>8}", flush=True)
        while time.time() < began + seconds:
            flags = {"namespace": namespace, "prefix": f"round-{done // count}"}
            before = controller.cpu()
            cluster.load("create", count=count, concurrency=16, **flags)
            cluster.load("wait", count=count, namespace=namespace)
            cluster.load("play", phase="Running", concurrency=16, namespace=namespace)
            cluster.load("play", phase="Succeeded", concurrency=16, namespace=namespace)
            cluster.load("ended", count=count, namespace=namespace)
            until("the controller has nothing left to write", settled(controller), pause=0.5)
            cluster.load("clear", namespace=namespace)
            until("the controller has seen it", settled(controller), pause=0.5)
            done += count
            costs.append((controller.cpu() - before) / count * 1e3)
            descriptors, threads = controller.handles()
            print(
                f"  {done:>12} {costs[-1]:>13.2f} {controller.memory():>8.1f} {descriptors:>12} {threads:>8}", flush=True)
        fifth = max(1, len(costs) // 5)
        first, last = sum(costs[:fifth]) / fifth, sum(costs[-fifth:]) / fifth
        result = {
            "jobs": done, "CPU ms a job, first fifth": first, "last fifth": last, "last / first": last / first,
            "RSS MB": controller.memory(), "descriptors": controller.handles()[0], "threads": controller.handles()[1],
        }
        controller.stop()
        return result
    finally:
        cluster.close()


def size(load, program, finished, active, idle_seconds):
    """Memory and processor time with many jobs, and how long a start with that many takes."""
    cluster = Cluster(load)
    try:
        controller = Controller(cluster, program)
        controller.ready()
        result = {"idle RSS MB": idle(controller, idle_seconds)[0]}
        for namespace, count, phase in (("finished", finished, "Succeeded"), ("active", active, "Running")):
            cluster.namespace(namespace)
            cluster.load("create", namespace=namespace, count=count, concurrency=16)
            cluster.load("wait", namespace=namespace, count=count)
            cluster.load("play", namespace=namespace, phase=phase, concurrency=16)
            if phase == "Succeeded":
                cluster.load("finish", namespace=namespace, count=count, timeout="10m")
        until("the controller has nothing left to write", settled(controller), pause=2)
        rss, cpu = idle(controller, idle_seconds)
        result |= {"finished": finished, "active": active, "RSS MB": rss, "idle CPU %": cpu}
        controller.stop()
        controller = Controller(cluster, program)
        result["start to ready s"] = controller.ready()
        until("the controller has nothing left to write", settled(controller), pause=2)
        result["RSS MB after a start"] = idle(controller, idle_seconds)[0]
        controller.stop()
        return result
    finally:
        cluster.close()


def idle(controller, seconds):
    """Resident set in MB, and the share of one core that was used."""
    before = controller.cpu()
    time.sleep(seconds)
    return controller.memory(), (controller.cpu() - before) / seconds * 100


def show(title, figures):
    print(f"\n{title}", flush=True)
    for name, value in figures.items():
        print(f"  {name:<28} {value if isinstance(value, int) else f'{value:.3g}'}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--controller", required=True, help="the program aerie-controller, built as a release")
    parser.add_argument("--load", required=True, help="the bare client, built from Benchmarks/load")
    parser.add_argument("--kopf", help="a Python that has Benchmarks/requirements.txt; without it kopf is not measured")
    parser.add_argument("--jobs", type=int, nargs="+", default=[100, 500, 1000, 5000], help="sizes of the first benchmark")
    parser.add_argument("--finished", type=int, default=5000)
    parser.add_argument("--active", type=int, default=1000)
    parser.add_argument("--soak-jobs", type=int, default=300, help="jobs of each round of the soak")
    parser.add_argument("--soak-seconds", type=int, default=1200, help="how long the soak goes on")
    parser.add_argument("--only", choices=["throughput", "ending", "latency", "life", "size", "soak"])
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    wanted = lambda name: options.only in (None, name)
    if wanted("throughput"):
        for count in options.jobs:
            # kopf is slow enough that one size tells the ratio.
            kopf = options.kopf if count == 500 else None
            show(f"All pods and services of {count} jobs", throughput(options.load, options.controller, count, kopf))
    if wanted("ending"):
        for count in options.jobs:
            show(f"All pods of {count} jobs succeed", ending(options.load, options.controller, count))
    if wanted("latency"):
        show("From apply to pod, one job a second", latency(options.load, options.controller, 60))
    if wanted("life"):
        show("API requests of one job's life", life(options.load, options.controller, 20))
    if wanted("size"):
        show("Many jobs", size(options.load, options.controller, options.finished, options.active, 30))
    # By name only: it takes as long as it is told to.
    if options.only == "soak":
        show("Soak", soak(options.load, options.controller, options.soak_jobs, options.soak_seconds))


if __name__ == "__main__":
    sys.exit(main())
