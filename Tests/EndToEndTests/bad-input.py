"""Plays the table BadInput/rows.yaml on a local cluster: does each thing, and waits until its answer is seen.

usage: bad-input.py PROGRAMS STATE
Prints a line for each row, "seen" or "NOT SEEN" with what was printed instead; exits 1 when one was not seen.
"""

import base64
import concurrent.futures
import copy
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = pathlib.Path(os.environ.get("AERIE_CACHE") or pathlib.Path.home() / ".cache/aerie")
# A user of the registry and the bcrypt of a password that nobody gives.
USER = "pusher:$2b$04$Zf9mlm04vnIJke8pgEP6AeLWNlgs7NUTM2moWf/KVwLSBZpqQmDJm"
PATIENCE = 100  # seconds, on a machine that has other things to do


def run(*command, stdin=None):
    result = subprocess.run([str(part) for part in command], input=stdin, capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def must(*command, stdin=None):
    code, output = run(*command, stdin=stdin)
    if code != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: {output}")
    return output


def value(written):
    """Long texts are written as {repeat, times}."""
    if isinstance(written, dict):
        if set(written) == {"repeat", "times"}:
            return written["repeat"] * written["times"]
        return {key: value(member) for key, member in written.items()}
    return [value(member) for member in written] if isinstance(written, list) else written


def document(base, row, name):
    result = copy.deepcopy(base)
    result["metadata"] = {"name": name}
    for path, written in row["set"].items():
        *folders, last = path.split(".")
        inner = result
        for folder in folders:
            inner = inner.setdefault(folder, {})
        inner[last] = value(written)
    return result


def is_seen(row, output):
    """What is said depends on whether the server knows the definitions' rules."""
    return row["sees"] in output or row.get("rules", row["sees"]) in output


def play(number, row, base):
    name = f"row-{number}"
    text = json.dumps(document(base, row, name), ensure_ascii=False)
    if row["where"] in ("kubectl apply", "kubectl create"):
        code, output = run(*row["where"].split(), "-f", "-", stdin=text)
        return code != 0 and is_seen(row, output), output
    code, output = run("kubectl", "apply", "-f", "-", stdin=text)
    if code != 0:
        return False, output
    deadline = time.time() + PATIENCE
    while time.time() < deadline:
        _, output = run(*row["where"].replace("NAME", name).split())
        if is_seen(row, output):
            return True, output
        time.sleep(1)
    return False, output + told_elsewhere(name)


def told_elsewhere(name):
    """What might explain why a row was not seen."""
    told = run("kubectl", "describe", f"trainingexperiment/{name}")[1] + run("kubectl", "get", "pods")[1]
    for pod in run("kubectl", "get", "pods", "-o", "name")[1].split():
        if pod.startswith(f"pod/{name}-"):
            told += f"{pod}: " + run("kubectl", "logs", pod, "--tail=5")[1]
    return told


def prepare_data(state):
    """The data of the examples, which is there whole, once with a changed byte, and once cut off."""
    folder = state / "cluster/volumes/default/datasets"
    for name in ("corrupt", "cut"):
        shutil.copytree(folder / "landsat", folder / name)
    records = folder / "corrupt/train.tfrecord"
    damaged = bytearray(records.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    records.write_bytes(damaged)
    records = folder / "cut/train.tfrecord"
    records.write_bytes(records.read_bytes()[:-5])


def main():
    programs, state = map(pathlib.Path, sys.argv[1:])
    os.environ["KUBECONFIG"] = str(state / "cluster/kubeconfig")
    os.environ["PATH"] += f":{CACHE / 'kubernetes/bin'}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    state.mkdir(parents=True, exist_ok=True)
    users = state / "users"
    users.write_text(f"{USER}\n")
    registry = subprocess.Popen(
        [ROOT / "scripts/local-registry", address, state / "registry"], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=os.environ | {
            "REGISTRY_AUTH": "htpasswd", "REGISTRY_AUTH_HTPASSWD_REALM": "test", "REGISTRY_AUTH_HTPASSWD_PATH": str(users),
        })
    try:
        must(ROOT / "scripts/local-cluster", programs, state / "cluster", "--image", "silent:local=/bin/true")
        wrong = json.dumps({"auths": {address: {"auth": base64.b64encode(b"pusher:wrong").decode()}}})
        must("kubectl", "create", "secret", "generic", "wrong-password", "--type=kubernetes.io/dockerconfigjson",
             f"--from-literal=.dockerconfigjson={wrong}")
        prepare_data(state)

        base = yaml.safe_load((HERE / "BadInput/base.yaml").read_text())
        rows = yaml.safe_load((HERE / "BadInput/rows.yaml").read_text().replace("REGISTRY", address))
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda pair: play(pair[0], pair[1], base), enumerate(rows)))
        for row, (seen, output) in zip(rows, answers):
            print(f"{'seen' if seen else 'NOT SEEN'}: who {row['does']} reads \"{row['sees']}\" from {row['where']}")
            if not seen:
                print(output[-3000:])
        print(f"{sum(seen for seen, _ in answers)} of {len(rows)} rows seen")
        return 0 if all(seen for seen, _ in answers) else 1
    finally:
        run(programs / "aerie", "local", "down", "--state", state / "cluster")
        registry.terminate()
        registry.wait()


if __name__ == "__main__":
    sys.exit(main())
