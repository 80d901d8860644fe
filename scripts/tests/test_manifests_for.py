"""Which manifests a server gets follows from what it says of itself, and from nothing else."""

import json
import pathlib
import subprocess
import unittest

SCRIPT = pathlib.Path(__file__).parents[1] / "manifests-for"
OLD = {"deploy": "deploy/overlays/kubernetes-1.20", "crds": "crds/kubernetes-1.20", "local": "deploy/overlays/local-kubernetes-1.20"}
CURRENT = {"deploy": "deploy", "crds": "crds", "local": "deploy/overlays/local"}
TABLE = [
    ("v1.20.2", OLD), ("v1.9.11", OLD), ("v1.24.17-gke.200", OLD), ("v1.24.99+k3s1", OLD),
    ("v1.25.0", CURRENT), ("v1.29.15-eks-3abbec1", CURRENT), ("v1.36.4", CURRENT), ("v1.100.0-rc.1", CURRENT), ("v2.0.0", CURRENT),
]


def answer(what, text):
    return subprocess.run([SCRIPT, what], input=text, capture_output=True, text=True)


class ManifestsFor(unittest.TestCase):
    def test_the_table(self):
        for version, folders in TABLE:
            # Some vendors add a plus to the number that programs are to read.
            document = json.dumps({"major": "1", "minor": "24+", "gitVersion": version, "goVersion": "go1.20"})
            for text in (document, json.dumps(json.loads(document), indent=2)):
                for what, folder in folders.items():
                    self.assertEqual(answer(what, text).stdout, folder + "\n", version)

    def test_every_folder_is_there(self):
        for folder in [*OLD.values(), *CURRENT.values()]:
            self.assertTrue((SCRIPT.parents[1] / folder / "kustomization.yaml").exists(), folder)

    def test_no_answer_is_no_old_server(self):
        for text in ("", "Unauthorized", '{"kind": "Status", "code": 403}'):
            result = answer("local", text)
            self.assertNotEqual(result.returncode, 0, text)
            self.assertEqual(result.stdout, "")
