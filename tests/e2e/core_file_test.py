"""A daemon that crashes leaves no core file, whatever limit it was started with: credentials would lie in it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from base64 import b64encode
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402

MARKER = "MarkerCredentialForACoreFile-0123456789"
FORM = "application/x-www-form-urlencoded"
CARRIERS = (  # path, headers, body: Basic, form, JSON, query and header
    ("/oauth2/token", {"Authorization": "Basic " + b64encode(f"nobody:{MARKER}".encode()).decode(),
                       "Content-Type": FORM}, "grant_type=client_credentials"),
    ("/oauth2/token", {"Content-Type": FORM}, f"grant_type=client_credentials&client_id=x&client_secret={MARKER}"),
    ("/vqr/api/token_generate", {"Authorization": "Basic " + b64encode(f"x:{MARKER}".encode()).decode()}, ""),
    ("/v.1.0/clients/authorization?apiKey=" + MARKER, {}, ""),
    ("/oauth/provider/token", {"Content-Type": FORM}, f"grant_type=refresh_token&refresh_token={MARKER}"),
    ("/oauth/provider/register", {"Authorization": "Bearer " + MARKER, "Content-Type": "application/json"},
     json.dumps({"client_name": MARKER})),
)


def unlimited_in(directory):
    return ["env", "-C", str(directory), "prlimit", "--core=unlimited:unlimited", "--"]


class CoreFile(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="signet-core-")
        self.addCleanup(place.cleanup)
        self.directory = Path(place.name)

    def files_with_the_marker(self):
        files = [path for path in self.directory.rglob("*") if path.is_file()]
        return [path.name for path in files if MARKER.encode() in path.read_bytes()]

    def test_a_crash_leaves_none(self):
        daemon = Daemon.start(wrap=unlimited_in(self.directory))
        self.addCleanup(daemon.stop)
        for path, headers, body in CARRIERS:
            connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
            connection.request("GET" if "?" in path else "POST", path, body=body, headers=headers)
            self.assertGreaterEqual(connection.getresponse().status, 400, path)
            connection.close()
        limits = Path(f"/proc/{daemon.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        daemon.kill(signal.SIGABRT)
        self.assertEqual(-signal.SIGABRT, daemon.process.returncode)
        self.assertEqual([], self.files_with_the_marker())
        self.assertEqual([], os.listdir(self.directory))

    def test_control_another_program_leaves_one(self):
        """Shows that the search finds what a core file holds, on machines that write them where a program stands."""
        if Path("/proc/sys/kernel/core_pattern").read_text().strip() not in ("core", "core.%p"):
            self.skipTest("this machine does not write core files into the working directory")
        program = f"import os; x = '{MARKER[:10]}' + '{MARKER[10:]}'; os.abort()"
        subprocess.run([*unlimited_in(self.directory), sys.executable, "-c", program], capture_output=True, timeout=60)
        self.assertEqual(1, len(self.files_with_the_marker()))


if __name__ == "__main__":
    unittest.main()
