"""What --dev promises: keys, two clients and a console without any configuration, and the same ones after a restart."""

import base64
import http.client
import json
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402


class DevMode(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-dev-"))

    def tearDown(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def test_first_start_makes_what_is_needed_and_the_second_keeps_it(self):
        daemon = Daemon.start(data_dir=self.dir)
        try:
            first = self.seen(daemon)
            own = [key["alg"] for key in first["keys"] if not key.get("dialect")]
            self.assertEqual(["ES256", "EdDSA", "PS256", "RS256"], sorted(own))
            self.assertEqual({("vietqr", "HS512"), ("novapost", "HS256"), ("vcloud", "RS256")},
                             {(key["dialect"], key["alg"]) for key in first["keys"] if key.get("dialect")})
            self.assertEqual({"datafor", "novapost", "vcd", "vietqr"}, set(json.loads(first["demo.json"])))
            self.assertEqual(0o600, stat.S_IMODE((self.dir / "demo.json").stat().st_mode))
            self.assertEqual({"active"}, {key["status"] for key in first["keys"]})
            server = daemon.ctl("client", "show", "demo-rs")
            self.assertEqual((["*"], True, []), (server["introspect"], server["feed"], server["grants"]))
            self.assertEqual(200, daemon.token("demo", first["demo"])[0])
            for name in ("demo", "demo-rs"):
                self.assertEqual(0o600, stat.S_IMODE((self.dir / f"{name}-secret").stat().st_mode))
            self.assertEqual([200, 404], [status(port) for port in (daemon.port + 1, daemon.port)])
        finally:
            self.assertEqual(0, daemon.stop())
        daemon = Daemon.start(data_dir=self.dir)
        try:
            self.assertEqual(first, self.seen(daemon))
            self.assertEqual(200, daemon.token("demo", first["demo"])[0])
        finally:
            self.assertEqual(0, daemon.stop())

    def test_accounts_work_again_when_the_file_that_names_them_is_lost(self):
        passwords = []
        for _ in range(2):
            daemon = Daemon.start(data_dir=self.dir)
            try:
                accounts = json.loads((self.dir / "demo.json").read_text())
                passwords.append(accounts["vietqr"]["password"])
                answers = [vietqr(daemon.port, password) for password in passwords]
            finally:
                self.assertEqual(0, daemon.stop())
            (self.dir / "demo.json").unlink()
        self.assertNotEqual(*passwords)
        self.assertEqual([401, 200], answers, "the old password, the new one")

    def test_the_lines_of_the_readme_for_clients_of_other_systems_give_tokens(self):
        text = (Path(__file__).resolve().parents[2] / "README.md").read_text()
        block = text.split("## Clients of other systems")[1].split("```sh\n")[1].split("```")[0]
        lines = block.replace("\\\n", " ").strip().splitlines()
        self.assertEqual(4, len(lines), "one for each system")
        daemon = Daemon.start(data_dir=self.dir)
        try:
            accounts = json.loads((self.dir / "demo.json").read_text())
            for line, token in zip(lines, ("access_token", "access_token", "jwt", "token")):
                for name, value in (("=API_TOKEN", "=" + accounts["vcd"]["api_token"]),
                                    ("apiKey=KEY", "apiKey=" + accounts["novapost"]["apiKey"]),
                                    ("demo-vietqr:PASSWORD", "demo-vietqr:" + accounts["vietqr"]["password"]),
                                    ("demo-datafor:PASSWORD", "demo-datafor:" + accounts["datafor"]["password"]),
                                    ("127.0.0.1:8420", f"127.0.0.1:{daemon.port}")):
                    line = line.replace(name, value)
                done = subprocess.run(["sh", "-c", line.replace("curl ", "curl -sS --fail ", 1)], capture_output=True,
                                      text=True, timeout=60)
                self.assertEqual(0, done.returncode, f"{line}\n{done.stderr}")
                self.assertIn(f'"{token}":"', done.stdout, line)
        finally:
            self.assertEqual(0, daemon.stop())

    def seen(self, daemon):
        found = daemon.ctl("key", "list")
        keys = found["keys"] if isinstance(found, dict) else found
        return {"keys": keys, "demo": daemon.secret("demo"), "demo-rs": daemon.secret("demo-rs"),
                "demo.json": (self.dir / "demo.json").read_text()}


def vietqr(port, password):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        credentials = base64.b64encode(f"demo-vietqr:{password}".encode()).decode()
        connection.request("POST", "/vqr/api/token_generate", "{}", {"Authorization": "Basic " + credentials,
                                                                     "Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def status(port):
    """Of /metrics, which only the console serves."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().status
    finally:
        connection.close()


if __name__ == "__main__":
    unittest.main()
