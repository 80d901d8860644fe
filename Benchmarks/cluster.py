"""What the benchmarks run against: a real etcd and kube-apiserver, the operators as processes, and the bare client."""

import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("AERIE_CACHE", pathlib.Path.home() / ".cache/aerie"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(what, ask, seconds=120, pause=0.05):
    deadline = time.time() + seconds
    while time.time() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(pause)
    raise SystemExit(f"gave up after {seconds} s: {what}")


class Cluster:
    """etcd and kube-apiserver only: nothing else writes, so every write that is seen is the operator's."""

    def __init__(self, load):
        self.load_program = load
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aerie-benchmark-"))
        ports = {name: str(free_port()) for name in ("API_PORT", "ETCD_PORT", "PEER_PORT")}
        self.server = f"https://127.0.0.1:{ports['API_PORT']}"
        etcd = subprocess.run(["sh", "-c", "command -v etcd"], capture_output=True, text=True, check=True).stdout.strip()
        self.process = subprocess.Popen(
            [ROOT / "Tests/TestSupport/control-plane.sh", self.folder], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=os.environ | ports | {
                "KUBERNETES_BIN": os.environ.get("KUBEBUILDER_ASSETS") or str(CACHE / "kubernetes/bin"), "ETCD": etcd,
                "PARTS": "api", "MANAGER_PORT": "0", "SCHEDULER_PORT": "0",
            })
        self.kubeconfig = self.folder / "kubeconfig"
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "benchmark",
            "clusters": [{"name": "benchmark", "cluster": {
                "server": self.server, "certificate-authority": str(self.folder / "ca.crt")}}],
            "users": [{"name": "benchmark", "user": {"token": "admin-token"}}],
            "contexts": [{"name": "benchmark", "context": {"cluster": "benchmark", "user": "benchmark"}}],
        }))
        self.environment = os.environ | {
            "KUBECONFIG": str(self.kubeconfig), "SERVER": self.server, "CA": str(self.folder / "ca.crt"),
            "TOKEN": "admin-token", "PATH": f"{os.environ['PATH']}:{CACHE / 'kubernetes/bin'}",
        }
        until("the API server answers", lambda: self.kubectl("get", "--raw", "/readyz", check=False).returncode == 0, pause=0.5)
        until("namespaces exist", lambda: self.kubectl("get", "namespace", "default", check=False).returncode == 0)
        version = self.kubectl("get", "--raw", "/version").stdout
        crds = subprocess.run([ROOT / "scripts/manifests-for", "crds"], input=version, capture_output=True, text=True, check=True)
        self.kubectl("apply", "--validate=false", "-k", str(ROOT / crds.stdout.strip()))
        self.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")

    def kubectl(self, *arguments, check=True):
        result = subprocess.run(["kubectl", *arguments], env=self.environment, capture_output=True, text=True)
        if check and result.returncode != 0:
            raise SystemExit(f"kubectl {' '.join(arguments)}: {result.stderr}")
        return result

    def namespace(self, name):
        self.kubectl("create", "namespace", name)
        return name

    def load(self, command, **flags):
        """Runs a subcommand of the bare client and returns what it measured."""
        return json.loads(self.start_load(command, **flags).communicate()[0])

    def start_load(self, command, **flags):
        arguments = [f"--{name}={value}" for name, value in flags.items()]
        return subprocess.Popen(
            [self.load_program, command, *arguments], env=self.environment, stdout=subprocess.PIPE, text=True)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Controller:
    """aerie-controller as a process, and what it says of itself."""

    def __init__(self, cluster, program, *flags):
        self.port = free_port()
        self.began = time.time()
        self.log = open(cluster.folder / f"controller-{self.port}.log", "w")
        self.process = subprocess.Popen(
            [program, "run", "--no-leader-elect", "--health-port", str(self.port), *flags], env=cluster.environment,
            stdout=self.log, stderr=self.log)

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return None

    def ready(self):
        """Seconds from the start of the process until all caches were filled."""
        until("the controller is ready", lambda: self.get("/readyz"), pause=0.01)
        return time.time() - self.began

    def requests(self):
        """Requests to the API server so far, by method."""
        counts = {}
        for line in self.get("/metrics").splitlines():
            if line.startswith("rest_client_requests_total{"):
                method = re.search('method="([A-Z]+)"', line)[1]
                counts[method] = counts.get(method, 0) + int(float(line.rsplit(" ", 1)[1]))
        return counts

    def last_write(self):
        """When the controller had written the last time, to a fifth of a second; waits for two quiet seconds."""
        last, moment = None, time.time()
        while time.time() < moment + 2:
            writes = {method: count for method, count in self.requests().items() if method != "GET"}
            if writes != last:
                last, moment = writes, time.time()
            time.sleep(0.2)
        return moment

    def memory(self):
        """Resident set, in MB of 10^6 bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024 / 1e6

    def cpu(self):
        """Seconds of processor time so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def handles(self):
        """Open descriptors, and threads."""
        process = pathlib.Path(f"/proc/{self.process.pid}")
        return len(os.listdir(process / "fd")), len(os.listdir(process / "task"))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
