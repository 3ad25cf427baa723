"""Reload, drain, storage failure and clock jumps of a running daemon."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon, free_port, ready, until  # noqa: E402


def posted(daemon, size):
    """The status of a token request with a body of this size, which is no form."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=5)
    try:
        connection.request("POST", "/oauth2/token", body=b"x" * size, headers={"Content-Type": "text/plain"})
        return connection.getresponse().status
    finally:
        connection.close()


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-life-"))
        self.port = free_port()
        self.config = self.dir / "signet.toml"

    def tearDown(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def write_config(self, extra=""):
        self.config.write_text(
            f'data_dir = "{self.dir}/data"\nissuer = "http://127.0.0.1:{self.port}"\nworkers = 2\n'
            f'listen = ["127.0.0.1:{self.port}"]\nconsole_listen = ["127.0.0.1:{self.port + 1}"]\n{extra}')

    def start(self, **named):
        daemon = Daemon.start(data_dir=self.dir / "data", port=self.port, dev=False,
                              arguments=["--config", self.config], **named)
        return daemon

    def test_serves_from_a_configuration_and_reloads_it(self):
        self.write_config()
        daemon = self.start()
        try:
            daemon.ctl("key", "add", "--alg", "EdDSA")
            made = daemon.ctl("client", "add", "svc")
            identity = (made["client_id"], made["client_secret"])
            self.assertEqual(900, daemon.token(*identity)[1]["expires_in"])
            self.write_config("token_ttl_s = 300\n")
            daemon.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(lambda: daemon.token(*identity)[1]["expires_in"] == 300))
            # A file with a mistake: the old state stays, the log says why.
            self.write_config("token_ttl_s = 100\nworkrs = 3\n")
            daemon.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(lambda: "workrs" in daemon.stderr), daemon.stderr)
            self.assertEqual(300, daemon.token(*identity)[1]["expires_in"])
            self.assertTrue(ready(daemon))
        finally:
            self.assertEqual(0, daemon.stop())

    def test_the_size_of_a_body_is_bounded_as_configured(self):
        self.write_config("[limits]\nbody_size_max = 1024\n")
        daemon = self.start()
        try:
            self.assertEqual([400, 413], [posted(daemon, size) for size in (1024, 1025)])
            self.write_config("[limits]\nbody_size_max = 131072\n")
            daemon.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(lambda: posted(daemon, 131072) == 400), "a reload raises it")
            self.assertEqual(413, posted(daemon, 131073))
        finally:
            self.assertEqual(0, daemon.stop())

    def test_drain_loses_no_request(self):
        self.write_config()
        daemon = self.start()
        daemon.ctl("key", "add", "--alg", "EdDSA")
        made = daemon.ctl("client", "add", "svc")
        statuses, refused = [], []
        stop = threading.Event()

        def ask():
            while not stop.is_set():
                try:
                    statuses.append(daemon.token(made["client_id"], made["client_secret"])[0])
                except ConnectionRefusedError:
                    refused.append(1)
                    return
                except OSError as error:
                    if isinstance(getattr(error, "reason", None), ConnectionRefusedError):
                        refused.append(1)
                        return
                    statuses.append(repr(error))
                    return

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        daemon.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(30)
        stop.set()
        self.assertEqual(0, daemon.process.wait(30))
        self.assertEqual({200}, set(statuses), "a request that was accepted got no answer")
        self.assertGreater(len(statuses), 50)
        self.assertEqual(8, len(refused))

    def test_idle_connections_do_not_hold_up_the_drain(self):
        self.write_config()
        daemon = self.start()
        idle = [http.client.HTTPConnection("127.0.0.1", self.port, timeout=5) for _ in range(20)]
        for connection in idle:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        started = time.monotonic()
        self.assertEqual(0, daemon.stop())
        self.assertLess(time.monotonic() - started, 15)
        for connection in idle:
            connection.close()

    def test_a_failed_sync_stops_the_daemon_and_acknowledges_nothing(self):
        self.write_config()
        daemon = self.start()
        daemon.ctl("key", "add", "--alg", "EdDSA")
        self.assertEqual(0, daemon.stop())
        daemon = self.start(wrap=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
                                  "-e", "inject=fdatasync,fsync:error=EIO:when=40+"])
        acknowledged = []
        for n in range(200):
            code, out, _ = daemon.ctl("client", "add", f"c{n}", check=False)
            if code != 0:
                break
            acknowledged.append(json.loads(out)["client_id"])
        else:
            self.fail("two hundred clients were acknowledged though every later sync failed")
        self.assertEqual(1, daemon.process.wait(60), "exit code of a daemon whose disk failed")
        daemon = self.start()
        known = {c["client_id"] for c in listed(daemon)}
        self.assertEqual(set(), set(acknowledged) - known, "acknowledged but lost")
        self.assertEqual(0, daemon.stop())

    def test_no_token_of_an_administrator_without_its_audit_record(self):
        self.write_config()
        daemon = self.start()
        daemon.ctl("key", "add", "--alg", "EdDSA")
        daemon.ctl("client", "add", "svc")
        self.assertEqual(0, daemon.stop())
        daemon = self.start(wrap=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
                                  "-e", "inject=fdatasync,fsync:error=EIO:when=40+"])
        for _ in range(200):
            code, out, _ = daemon.ctl("token", "issue", "--client", "svc", check=False)
            if code != 0:
                break
            self.assertIn("access_token", out)
        else:
            self.fail("two hundred tokens were issued though nothing could be recorded")
        self.assertNotIn("access_token", out)
        self.assertEqual(1, daemon.process.wait(60))

    def test_a_full_disk_refuses_the_change_and_keeps_what_was(self):
        disk = self.dir / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", disk], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("mounting a small file system needs privileges")
        try:
            self.config.write_text(
                f'data_dir = "{disk}/data"\nissuer = "http://127.0.0.1:{self.port}"\nworkers = 1\n'
                f'listen = ["127.0.0.1:{self.port}"]\nconsole_listen = ["127.0.0.1:{self.port + 1}"]\n')
            daemon = Daemon.start(data_dir=disk / "data", port=self.port, dev=False,
                                  arguments=["--config", self.config])
            daemon.ctl("key", "add", "--alg", "EdDSA")
            acknowledged = [daemon.ctl("client", "add", f"c{n}")["client_id"] for n in range(10)]
            free = shutil.disk_usage(disk).free
            (disk / "filler").write_bytes(b"\0" * free)
            refused = False
            for n in range(10, 3000):
                code, out, _ = daemon.ctl("client", "add", f"c{n}", check=False)
                if code != 0:
                    refused = True
                    break
                acknowledged.append(json.loads(out)["client_id"])
            self.assertTrue(refused)
            self.assertEqual(1, daemon.process.wait(60))
            (disk / "filler").unlink()
            daemon = Daemon.start(data_dir=disk / "data", port=self.port, dev=False,
                                  arguments=["--config", self.config])
            self.assertEqual(set(), set(acknowledged) - {c["client_id"] for c in listed(daemon)})
            self.assertEqual(0, daemon.stop())
        finally:
            subprocess.run(["umount", disk], check=False)

    def test_a_clock_that_jumped_fails_readiness_until_it_is_accepted(self):
        self.write_config()
        daemon = self.start()
        daemon.ctl("key", "add", "--alg", "EdDSA")
        made = daemon.ctl("client", "add", "svc")
        self.assertEqual(0, daemon.stop())
        preload = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
        if not os.path.exists(preload):
            self.skipTest("faketime is not installed")
        if os.environ.get("SIGNET_SANITIZERS", "none") != "none":
            self.skipTest("faketime and the sanitizers both want to be the first library")
        daemon = self.start(environment={"LD_PRELOAD": preload, "FAKETIME": "-2h",
                                         "FAKETIME_DONT_FAKE_MONOTONIC": "1"}, wait=False)
        try:
            self.assertTrue(until(lambda: (Path(daemon.data_dir) / "admin.sock").exists()), daemon.stderr)
            self.assertTrue(until(lambda: daemon.ctl("status", check=False)[0] == 0), daemon.stderr)
            self.assertFalse(ready(daemon))
            self.assertTrue(daemon.ctl("status")["store"]["clock_jumped"])
            status, body = daemon.token(made["client_id"], made["client_secret"])
            self.assertEqual((503, "temporarily_unavailable"), (status, body["error"]))
            daemon.ctl("clock", "accept")
            self.assertTrue(until(lambda: ready(daemon)), daemon.stderr)
            self.assertEqual(200, daemon.token(made["client_id"], made["client_secret"])[0])
        finally:
            self.assertEqual(0, daemon.stop())


def listed(daemon):
    found = daemon.ctl("client", "list")
    return found["clients"] if isinstance(found, dict) else found


if __name__ == "__main__":
    unittest.main()
