"""A signetd of a test's own: started on free ports in a directory of its own, and ended again."""

import base64
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

BUILD = Path(os.environ.get("SIGNET_BUILD", Path(__file__).resolve().parents[2] / "build"))
SIGNETD = BUILD / "daemon" / "signetd"
SIGNETCTL = BUILD / "tools" / "signetctl"


def free_port():
    """A port that is free together with the one after it (the console's). Below those that the kernel gives to clients:
    one of theirs would keep it taken for a minute after its connection ended."""
    while True:
        port = random.SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def until(condition, timeout_s=20):
    """Whether the condition came true in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def ready(daemon):
    """Whether /readyz says so."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


class Daemon:
    """`stderr` holds what it logged so far."""

    @classmethod
    def start(cls, data_dir=None, port=None, arguments=(), dev=True, wrap=(), environment=None, wait=True, workers=1):
        self = cls()
        self.own_dir = data_dir is None
        self.data_dir = Path(data_dir or tempfile.mkdtemp(prefix="signet-test-"))
        self.port = port or free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        command = list(wrap) + [str(SIGNETD)]
        if dev:
            command += ["--dev", "--data-dir", str(self.data_dir), "--port", str(self.port), "--workers", str(workers)]
            if "--signer" not in arguments:
                command += ["--signer", os.environ.get("SIGNET_TEST_SIGNER", "auto")]
        command += [str(a) for a in arguments]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})}, text=True, errors="replace")
        self.stderr = ""
        self.ready = threading.Event()
        self.ended = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if wait and not self.wait_ready():
            self.kill()
            raise AssertionError(f"signetd was not ready:\n{self.stderr}")
        return self

    def _read(self):
        for line in self.process.stderr:
            self.stderr += line
            if line.strip() == "ready":
                self.ready.set()
        self.ended.set()
        self.ready.set()

    def _close(self):
        self.reader.join(10)
        self.process.stderr.close()

    def wait_ready(self, timeout_s=60):
        self.ready.wait(timeout_s)
        return self.ready.is_set() and not self.ended.is_set()

    def secret(self, name="demo"):
        return (self.data_dir / f"{name}-secret").read_text().strip()

    def ctl(self, *arguments, stdin="", check=True):
        """The parsed --json answer; with check=False (exit code, stdout, stderr)."""
        done = subprocess.run(
            [str(SIGNETCTL), "--data-dir", str(self.data_dir), "--json", *map(str, arguments)],
            input=stdin, capture_output=True, text=True, timeout=120)
        if not check:
            return done.returncode, done.stdout, done.stderr
        if done.returncode != 0:
            raise AssertionError(f"signetctl {arguments} gave {done.returncode}: {done.stderr}{done.stdout}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def token(self, client_id, client_secret, tenant=None, **parameters):
        """(status, parsed body) of a client_credentials request."""
        base = self.issuer if tenant is None else f"{self.issuer}/t/{tenant}"
        form = urllib.parse.urlencode({"grant_type": "client_credentials", **parameters}, doseq=True)
        basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        request = urllib.request.Request(
            base + "/oauth2/token", data=form.encode(), headers={"Authorization": "Basic " + basic})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def kill(self, number=signal.SIGKILL):
        """Ends it at once; the data directory stays when it was given."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(30)
        self._close()

    def stop(self, timeout_s=40):
        """SIGTERM; gives the exit code, shows the log when it is not 0, removes the directory when it is the test's."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            code = "did not end after SIGTERM"
        self._close()
        if code != 0:
            print(f"signetd ended with {code}:\n{self.stderr}", file=sys.stderr)
        if self.own_dir:
            shutil.rmtree(self.data_dir, ignore_errors=True)
        return code
