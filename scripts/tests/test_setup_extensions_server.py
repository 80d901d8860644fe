"""A current server that cannot be built stops nothing, and is never passed over in silence."""

import os
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[1] / "setup-extensions-server"
BUILDS = 'mkdir -p "$2/bin"; for name in extensions-server etcd kubectl; do install -m 755 /bin/true "$2/bin/$name"; done; echo x >> "$2/calls"'
FAILS = 'mkdir -p "$2/root"; echo x >> "$2/calls"; echo "extensions-server.sh: the packages of sid do not fit together just now" >&2; exit 1'


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache, self.shared = pathlib.Path(folder.name) / "cache", pathlib.Path(folder.name) / "shared"
        self.home = self.cache / "extensions-server"

    def tool(self, body):
        (self.shared / "tools/extensions-server").mkdir(parents=True, exist_ok=True)
        (self.shared / "tools/extensions-server.sh").write_text(f"#!/usr/bin/env bash\n{body}\n")
        (self.shared / "tools/extensions-server/main.go").write_text("package main\n")

    def run_setup(self):
        result = subprocess.run(
            [SCRIPT], env=os.environ | {"AERIE_CACHE": str(self.cache), "AERIE_SHARED": str(self.shared)},
            capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def calls(self):
        return len((self.home / "calls").read_text().split())

    def test_without_the_tool_it_says_so_and_goes_on(self):
        self.assertIn("tests on a current server will not run: there is no ", self.run_setup())
        self.assertIn("tools/extensions-server.sh", (self.home / "unavailable").read_text())

    def test_what_is_built_is_built_once_and_again_when_the_tool_changes(self):
        self.run_setup()
        self.tool(BUILDS)
        self.run_setup()
        self.assertFalse((self.home / "unavailable").exists())
        self.assertEqual(self.run_setup(), "")
        self.assertEqual(self.calls(), 1)
        self.tool(BUILDS + "\n# newer")
        self.run_setup()
        self.assertEqual(self.calls(), 2)

    def test_a_failed_build_is_told_with_its_reason_and_not_tried_at_once_again(self):
        self.tool(FAILS)
        for _ in range(2):
            said = self.run_setup()
            self.assertIn("will not run: Debian may have moved on, the build failed: extensions-server.sh: the packages of sid do not fit", said)
        self.assertEqual(self.calls(), 1)
        self.assertFalse((self.home / "root").exists(), "what was unpacked is gone")
        self.assertIn("do not fit together", (self.home / "unavailable").read_text())
        self.tool(BUILDS)
        self.run_setup()
        self.assertFalse((self.home / "unavailable").exists())

    def test_a_server_that_was_built_stays_when_its_tool_goes_or_fails(self):
        self.tool(BUILDS)
        self.run_setup()
        self.tool(FAILS)
        self.assertIn("stays as it was built", self.run_setup())
        (self.shared / "tools/extensions-server.sh").unlink()
        self.assertEqual(self.run_setup(), "")
        self.assertFalse((self.home / "unavailable").exists())
