"""What the tests of the audit log share: a daemon with a configuration file, over a copy of the demo accounts."""

import base64
import http.client
import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from signet_daemon import SIGNETCTL, Daemon, free_port

MODES = ("group", "os")


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class AuditBase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A data directory with the demo accounts, which each test gets a copy of."""
        cls.template = Path(tempfile.mkdtemp(prefix="signet-audit-"))
        daemon = Daemon.start(data_dir=cls.template / "data")
        assert daemon.stop() == 0

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.template, ignore_errors=True)

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-audit-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.data = self.dir / "data"
        shutil.copytree(self.template / "data", self.data, ignore=shutil.ignore_patterns("*.sock"))
        self.port = free_port()
        self.daemon = None

    def start(self, issuance="off", sink=None, wrap=(), wait=True):
        config = self.dir / "signetd.toml"
        config.write_text(f"""
data_dir = "{self.data}"
issuer = "http://127.0.0.1:{self.port}"
listen = ["127.0.0.1:{self.port}"]
console_listen = ["127.0.0.1:{self.port + 1}"]
workers = 1
dialects = ["*"]
audit_issuance = "{issuance}"
""" + (f'audit_sink = "{sink}"\n' if sink else ""))
        self.daemon = Daemon.start(data_dir=self.data, port=self.port, dev=False, arguments=("--config", config),
                                   wrap=wrap, wait=wait)
        self.addCleanup(self.daemon.kill)
        return self.daemon

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text

    def basic(self, client="demo", secret=None):
        text = f"{client}:{secret or self.daemon.secret()}"
        return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}

    def token(self, **parameters):
        status, answer = self.daemon.token("demo", self.daemon.secret(), **parameters)
        self.assertEqual(200, status, answer)
        return answer

    def ctl_text(self, *arguments):
        """(exit code, stdout, stderr) without --json."""
        done = subprocess.run([str(SIGNETCTL), "--data-dir", str(self.data), *map(str, arguments)],
                              capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def tail(self, *arguments):
        code, out, err = self.daemon.ctl("audit", "tail", "--lines", 1000, *arguments, check=False)
        self.assertEqual(0, code, err)
        return [json.loads(line) for line in out.splitlines()]

    def issued(self):
        return [record["after"] for record in self.tail("--what", "token.issued")]

    def jtis(self):
        return [record["jti"] for record in self.issued() if "jti" in record]

    def refused(self, *arguments):
        code, out, err = self.daemon.ctl(*arguments, check=False)
        self.assertEqual(1, code, (out, err))
        return err

    def verified(self):
        code, _, err = self.ctl_text("audit", "verify")
        self.assertEqual(0, code, err)
        return err
