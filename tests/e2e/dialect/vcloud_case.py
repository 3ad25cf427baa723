"""What the tests of vCloud Director share: a daemon with a tenant besides its own, its users, and how answers read."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from signet_daemon import Daemon  # noqa: E402
from vcloud import ERROR_MEMBERS, Client  # noqa: E402

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class VcloudCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.port = cls.daemon.port
        cls.demo = json.loads((cls.daemon.data_dir / "demo.json").read_text())["vcd"]
        cls.daemon.ctl("tenant", "add", "acme")
        cls.daemon.ctl("key", "add", "--dialect", "vcloud", "--alg", "RS256", "--tenant", "acme")
        cls.person("ann", "acme")
        cls.admin = Client(cls.port, cls.demo["tenant"], cls.demo["username"], cls.demo["password"])
        cls.ann = Client(cls.port, "acme", "ann", "pass word")

    @classmethod
    def person(cls, name, tenant, scope=None):
        cls.daemon.ctl("client", "add", name, "--tenant", tenant, "--password-stdin",
                       *(["--scope", scope] if scope else []), stdin="pass word")

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def refused(self, answer, status, error):
        """Both shapes in one body, and of a type that clients decode."""
        self.assertEqual(status, answer.status, answer.body)
        self.assertEqual("application/json", answer.fields["content-type"])
        body = answer.json()
        self.assertEqual(ERROR_MEMBERS, set(body))
        self.assertEqual((error, error), (body["minorErrorCode"], body["error"]))
        self.assertEqual(body["message"], body["error_description"])
        self.assertTrue(body["message"])
        self.assertIsNone(body["stackTrace"])

    def session(self, answer):
        self.assertEqual(200, answer.status, answer.body)
        self.assertEqual("application/json", answer.fields["content-type"])
        self.assertEqual("no-store", answer.fields["cache-control"])
        body = answer.json()
        self.assertEqual("Bearer", body["token_type"])
        self.assertIs(int, type(body["expires_in"]))
        self.assertGreater(body["expires_in"], 0)
        self.assertGreater(len(body["access_token"]), 32)
        return body
