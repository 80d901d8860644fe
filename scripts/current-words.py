#!/usr/bin/env python3
"""Writes Tests/AdmissionTests/Cases/current.yaml: what a current API server says of each case by itself, before a webhook is
asked. Needs what `scripts/setup-extensions-server` builds. The tests hold today's server against the file; read the difference
before it is committed, since these are the words that people read.
"""

import copy
import json
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
CASES = ROOT / "Tests/AdmissionTests/Cases"
PROGRAMS = pathlib.Path(os.environ.get("AERIE_CACHE") or pathlib.Path.home() / ".cache/aerie") / "extensions-server/bin"
KINDS = ["TFJob", "TrainingExperiment", "Trial", "ModelPromotion", "AcceleratorProfile"]
HEAD = """# What a current API server says of the cases by itself, by kind and name: rules and schema, before a webhook is asked. Written
# by scripts/current-words.py (`make words`); the lines of one answer are sorted, since servers give them in any order.
"""


class Server:
    """etcd and the extension API server, until the end of the block."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
        ports = [str(one.getsockname()[1]) for one in sockets]
        for one in sockets:
            one.close()
        self.url = f"https://127.0.0.1:{ports[0]}"
        names = dict(zip(["API_PORT", "ETCD_PORT", "PEER_PORT"], ports))
        self.process = subprocess.Popen(
            [ROOT / "Tests/TestSupport/control-plane.sh", self.folder], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=os.environ | names | {
                "KUBERNETES_BIN": str(PROGRAMS), "ETCD": str(PROGRAMS / "etcd"), "PARTS": "extensions", "MANAGER_PORT": "0", "SCHEDULER_PORT": "0"})
        self.until("the server is ready", lambda: (self.folder / "ca.crt").exists() and self.call("GET", "/api/v1/namespaces/default")[0] == 200)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def until(self, what, ask):
        deadline = time.time() + 60
        while time.time() < deadline:
            try:
                if ask():
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit(f"within a minute it did not come true that {what}")

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer admin-token", "Content-Type": "application/json"})
        try:
            context = ssl.create_default_context(cafile=self.folder / "ca.crt")
            with urllib.request.urlopen(request, context=context) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text.startswith(b"{") else {"message": text.decode()}

    def install(self, folder):
        subprocess.run(
            [PROGRAMS / "kubectl", "--kubeconfig", self.folder / "admin.kubeconfig", "apply", "--server-side", "--force-conflicts", "-k", ROOT / folder],
            check=True, stdout=subprocess.DEVNULL)


def changed(base, row, key, namespace):
    """The case's object as a person writes it."""
    result = copy.deepcopy(base)
    if namespace:
        result["metadata"]["namespace"] = namespace
    for path, value in (row.get(key) or {}).items():
        *folders, last = path.split(".")
        inner = result
        for folder in folders:
            inner = inner.setdefault(folder, {})
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return result


def stored(server, base, row, namespace, path):
    """Stores what is there already in the case; the version that it then has."""
    document = changed(base, row, "was", namespace)
    answers = []
    server.until(f"{row['name']} is stored", lambda: answers.append(server.call("POST", path, document)) or answers[-1][0] == 201)
    result = answers[-1][1]
    if "status" in document:
        code, result = server.call("PUT", f"{path}/{result['metadata']['name']}/status", result | {"status": document["status"]})
        assert code == 200, result
    return result["metadata"]["resourceVersion"]


def lines(server, method, path, document):
    code, answer = server.call(method, f"{path}?dryRun=All&fieldValidation=Strict", document)
    if code < 300:
        return []
    causes = answer.get("details", {}).get("causes", [])
    return sorted(f"{cause.get('field', '')}: {cause.get('message', '')}" for cause in causes) or [answer["message"]]


def main():
    with Server() as server:
        # What is stored already was stored before there were rules.
        server.install("crds/kubernetes-1.20")
        questions = []
        for kind in KINDS:
            table = yaml.safe_load((CASES / f"{kind.lower()}.yaml").read_text())
            for number, row in enumerate(table["cases"]):
                namespace = "" if kind == "AcceleratorProfile" else f"{kind.lower()}-{number}"
                if namespace:
                    server.call("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
                document = changed(table["base"], row, "set", namespace)
                path = f"/apis/{document['apiVersion']}/" + (f"namespaces/{namespace}/" if namespace else "") + f"{kind.lower()}s"
                method = "POST"
                if "was" in row:
                    document["metadata"]["resourceVersion"] = stored(server, table["base"], row, namespace, path)
                    method, path = "PUT", f"{path}/{document['metadata']['name']}"
                questions.append((kind, row["name"], method, path, document))
        server.install("crds")
        wrong = next(question for question in questions if question[1] == "a gate without bound" and question[0] == "ModelPromotion")
        server.until("the rules are in force", lambda: lines(server, *wrong[2:]))
        time.sleep(2)
        words = {kind: {} for kind in KINDS}
        for kind, name, *question in questions:
            words[kind][name] = lines(server, *question)
        release = server.call("GET", "/version")[1]["gitVersion"]
    document = {"server": release} | {kind: {name: said for name, said in rows.items() if said} for kind, rows in words.items()}
    (CASES / "current.yaml").write_text(HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=10_000))
    print(f"Cases/current.yaml: {sum(map(len, (document[kind] for kind in KINDS)))} cases, by {release}")


main()
