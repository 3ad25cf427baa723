"""The daemon where 32-bit seconds end: 2038-01-19 (2^31) and 2106-02-07 (2^32)."""

import json
import os
import shutil
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

import jwt

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from faked_clock import FakedClock, can_be_faked  # noqa: E402
from signet_daemon import Daemon, ready, until  # noqa: E402

AUDIENCE = "urn:example:orders"
DEMO_PHONE = "48500100200"  # a demo client whose id is its number
EDGES = {"2038": 1 << 31, "2106": 1 << 32}


@unittest.skipUnless(can_be_faked(), "needs faketime, and no sanitizer")
class FarFuture(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-future-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.clock = FakedClock(self.dir)

    def set_clock(self, unix_s):
        self.clock.set(unix_s)

    def start(self, faked=True):
        self.daemon = Daemon.start(data_dir=self.dir / "data", environment=self.clock.environment() if faked else {})
        self.addCleanup(self.daemon.kill)

    def now(self):
        return self.clock.now()

    def check_token(self, client):
        """Its times are the daemon's, and it verifies through the JWKS alone; gives its iat."""
        before = self.now()
        status, answer = self.daemon.token(*client)
        after = self.now()
        self.assertEqual(200, status, answer)
        token = answer["access_token"]
        with urllib.request.urlopen(self.daemon.issuer + "/.well-known/jwks.json", timeout=10) as published:
            keys = {key["kid"]: key for key in json.load(published)["keys"]}
        key = jwt.PyJWK(keys[jwt.get_unverified_header(token)["kid"]]).key
        claims = jwt.decode(token, key=key, algorithms=["EdDSA"], audience=AUDIENCE, issuer=self.daemon.issuer,
                            options={"verify_iat": False})
        self.assertTrue(before <= claims["iat"] <= after, (before, claims, after))
        self.assertEqual(claims["iat"] + answer["expires_in"], claims["exp"])
        self.check_inspected(token, claims)
        return claims["iat"]

    def check_inspected(self, token, claims):
        code, out, err = self.daemon.ctl("token", "inspect", stdin=token, check=False)
        self.assertIn(str(claims["exp"]), out, err)

    def add_client(self, name):
        made = self.daemon.ctl("client", "add", name, "--audience", AUDIENCE)
        return made["client_id"], made["client_secret"]

    def check_both_sides(self, edge):
        """A store that begins there: changes and tokens before and after the edge, and a restart beyond it."""
        self.set_clock(edge - 60)
        self.start()
        self.assertTrue(ready(self.daemon))
        early = self.add_client("early")
        self.assertLess(self.check_token(early), edge)
        self.set_clock(edge - 1)
        self.assertTrue(until(lambda: self.check_token(early) >= edge))
        self.set_clock(edge + 60)
        late = self.add_client("late")
        self.assertGreater(self.check_token(late), edge)
        self.assertTrue(ready(self.daemon))
        self.assertEqual(0, self.daemon.stop())
        self.start()
        self.assertTrue(ready(self.daemon))
        for client in (early, late):
            self.check_token(client)
        self.assertEqual(0, self.daemon.stop())

    def check_old_store(self, edge):
        """A store made today meets that clock, and then today's again: each is told, accepted, and nothing is lost."""
        self.start(faked=False)
        client = self.add_client("today")
        self.check_token(client)
        self.assertEqual(0, self.daemon.stop())
        self.set_clock(edge + 60)
        self.start()
        self.check_jump_is_reported_and_accepted()
        self.check_token(client)
        future = self.add_client("future")
        self.assertEqual(0, self.daemon.stop())
        self.clock.set(int(time.time()))
        self.start(faked=False)
        status, body = self.daemon.token(*client)
        self.assertEqual((503, "temporarily_unavailable"), (status, body["error"]), "its clock is behind")
        self.check_jump_is_reported_and_accepted()
        for one in (client, future):
            self.assertTrue(until(lambda: self.daemon.token(*one)[0] == 200))
            self.check_token(one)
        listed = {c["client_id"] for c in self.listed()}
        self.assertLessEqual({"demo", "demo-rs"}, listed)
        self.assertEqual({"today", "future", DEMO_PHONE}, {name for name in listed if not name.startswith("demo")})
        self.assertEqual(0, self.daemon.stop())

    def check_jump_is_reported_and_accepted(self):
        self.assertFalse(ready(self.daemon))
        self.assertTrue(self.daemon.ctl("status")["store"]["clock_jumped"])
        self.daemon.ctl("clock", "accept")
        self.assertTrue(until(lambda: ready(self.daemon)), self.daemon.stderr)
        self.assertFalse(self.daemon.ctl("status")["store"]["clock_jumped"])

    def listed(self):
        found = self.daemon.ctl("client", "list")
        return found["clients"] if isinstance(found, dict) else found

    def test_a_store_begun_at_the_edge(self):
        for name, edge in EDGES.items():
            with self.subTest(name):
                shutil.rmtree(self.dir / "data", ignore_errors=True)
                self.check_both_sides(edge)

    def test_a_store_made_before_is_not_damaged(self):
        for name, edge in EDGES.items():
            with self.subTest(name):
                shutil.rmtree(self.dir / "data", ignore_errors=True)
                self.check_old_store(edge)


if __name__ == "__main__":
    unittest.main()
