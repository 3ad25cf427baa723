"""Keys through their lives while a verifier watches: it caches the key set for exactly its max-age, checks tokens all
the time, and must never meet one whose key it does not know. Time runs some six hundred times as fast.

SIGNET_KEY_ROTATIONS=10 is the long form."""

import base64
import collections
import json
import os
import re
import shutil
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

import jwt

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from faked_clock import FakedClock, can_be_faked  # noqa: E402
from signet_daemon import Daemon, free_port, until  # noqa: E402

AUDIENCE = "urn:example:orders"
ROTATIONS = int(os.environ.get("SIGNET_KEY_ROTATIONS", "2"))
PERIOD_S = 3600
STEP_S, STEP_EVERY_S = 60, 0.1
LIFETIME_S = 300


class Verifier:
    """A resource server that reads the key set, and nothing else of Signet."""

    def __init__(self, issuer, clock):
        self.issuer, self.clock = issuer, clock
        self.keys, self.good_until = {}, 0
        self.tokens = collections.deque(maxlen=400)
        self.failures, self.checked, self.kids = [], 0, []

    def load(self):
        asked = self.clock.now()
        with urllib.request.urlopen(self.issuer + "/.well-known/jwks.json", timeout=10) as answer:
            self.keys = {key["kid"]: jwt.PyJWK(key).key for key in json.load(answer)["keys"]}
            max_age = int(re.search(r"max-age=(\d+)", answer.headers["Cache-Control"]).group(1))
        self.good_until = asked + max_age

    def check(self, token):
        if self.clock.now() >= self.good_until:
            self.load()
        kid = jwt.get_unverified_header(token)["kid"]
        claims = jwt.decode(token, options={"verify_signature": False})
        if claims["exp"] <= self.clock.now():
            return
        self.checked += 1
        if kid not in self.kids:
            self.kids.append(kid)
        if kid not in self.keys:
            self.failures.append(f"{kid} is in no key set that is good until {self.good_until}, at {self.clock.now()}")
            return
        try:
            jwt.decode(token, key=self.keys[kid], algorithms=["EdDSA"], audience=AUDIENCE, issuer=self.issuer,
                       options={"verify_iat": False, "verify_exp": False, "verify_nbf": False})
        except jwt.PyJWTError as error:
            self.failures.append(f"{kid}: {error}")


@unittest.skipUnless(can_be_faked(), "needs faketime, and no sanitizer")
class KeyRotation(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-keys-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.clock = FakedClock(self.dir)
        self.port, console = free_port(), free_port()
        self.config = self.dir / "signetd.toml"
        self.data = self.dir / "data"
        self.config.write_text(
            f'data_dir = "{self.data}"\nkey_file = "{self.dir}/vault.key"\nissuer = "http://127.0.0.1:{self.port}"\n'
            f'listen = ["127.0.0.1:{self.port}"]\nconsole_listen = ["127.0.0.1:{console}"]\nworkers = 1\n'
            f"token_ttl_s = {LIFETIME_S}\ntoken_ttl_max_s = {LIFETIME_S}\nkey_rotation_s = {PERIOD_S}\n")
        self.start()
        made = self.daemon.ctl("client", "add", "orders", "--audience", AUDIENCE)
        self.client = made["client_id"], made["client_secret"]
        self.serving = threading.Lock()  # held while the daemon is down
        self.over = threading.Event()
        self.refused = []

    def start(self):
        self.daemon = Daemon.start(data_dir=self.data, port=self.port, dev=False, arguments=["--config", self.config],
                                   environment=self.clock.environment())
        self.addCleanup(self.daemon.kill)

    def let_time_run(self):
        while not self.over.is_set():
            with self.serving:
                self.clock.advance(STEP_S)
                self.daemon.ctl("clock", "accept")
            time.sleep(STEP_EVERY_S)

    def take_tokens(self, verifier):
        while not self.over.is_set():
            with self.serving:
                status, answer = self.daemon.token(*self.client)
            if status == 200:
                verifier.tokens.append(answer["access_token"])
                verifier.check(answer["access_token"])
            else:
                self.refused.append((status, answer))

    def check_tokens(self, verifier):
        while not self.over.is_set():
            for token in list(verifier.tokens):
                with self.serving:
                    verifier.check(token)

    def restart(self):
        with self.serving:
            self.assertEqual(0, self.daemon.stop())
            self.start()

    def test_a_verifier_that_caches_for_max_age_sees_no_failure(self):
        verifier = Verifier(self.daemon.issuer, self.clock)
        watcher = Verifier(self.daemon.issuer, self.clock)
        watcher.tokens = verifier.tokens
        threads = [threading.Thread(target=target, args=arguments, daemon=True)
                   for target, arguments in ((self.let_time_run, ()), (self.take_tokens, (verifier,)),
                                             (self.check_tokens, (watcher,)))]
        for thread in threads:
            thread.start()
        for rotation in range(ROTATIONS):
            self.assertTrue(until(lambda: len(verifier.kids) >= rotation + 2, timeout_s=60),
                            f"rotation {rotation + 1} did not happen: {self.daemon.ctl('key', 'list')}")
            if rotation % 2 == 0:
                self.restart()
        self.over.set()
        for thread in threads:
            thread.join(timeout=20)
        self.assertEqual([], verifier.failures + watcher.failures)
        self.assertEqual([], self.refused)
        self.assertGreater(verifier.checked, 20 * ROTATIONS)
        self.assertGreater(watcher.checked, 20 * ROTATIONS)
        report = self.daemon.ctl("key", "prove")
        self.assertTrue(report["holds"], report)
        activations = [moment for moment in report["moments"] if moment["what"].startswith("key.activate")]
        self.assertGreaterEqual(len(activations), ROTATIONS)
        code, out, err = self.daemon.ctl("audit", "verify", check=False)
        self.assertEqual(0, code, err)

    def test_the_plan_is_what_happens(self):
        plan = self.daemon.ctl("key", "plan", "--days", "1")["plan"]
        self.assertEqual(["publish", "activate", "retire"], [step["what"] for step in plan[:3]])
        first = self.daemon.ctl("key", "list")["keys"][0]
        thread = threading.Thread(target=self.let_time_run, daemon=True)
        thread.start()

        def statuses():
            return [key["status"] for key in self.daemon.ctl("key", "list")["keys"]]
        self.assertTrue(until(lambda: statuses() == ["active", "pending"], timeout_s=40), statuses())
        self.assertTrue(until(lambda: statuses()[:2] == ["retiring", "active"], timeout_s=40), statuses())
        self.assertTrue(until(lambda: statuses()[:2] == ["retired", "active"], timeout_s=40), statuses())
        self.over.set()
        thread.join(timeout=20)
        keys = self.daemon.ctl("key", "list")["keys"]
        self.assertEqual(first["kid"], keys[0]["kid"])
        self.assertGreaterEqual(keys[1]["activated_at"], plan[1]["at"])
        self.assertLessEqual(plan[1]["at"], keys[0]["retiring_at"])


@unittest.skipUnless(can_be_faked(), "needs faketime, and no sanitizer")
class KeyCommands(unittest.TestCase):
    """What an administrator may do, must not, and may all the same."""

    @classmethod
    def setUpClass(cls):
        cls.dir = Path(tempfile.mkdtemp(prefix="signet-keys-"))
        cls.clock = FakedClock(cls.dir)
        cls.daemon = Daemon.start(data_dir=cls.dir / "data", environment=cls.clock.environment())
        cls.tenants = 0

    @classmethod
    def tearDownClass(cls):
        cls.daemon.kill()
        shutil.rmtree(cls.dir, ignore_errors=True)

    def setUp(self):
        """A tenant of its own with one key, and a client that uses it."""
        type(self).tenants += 1
        self.tenant = f"t{self.tenants}"
        self.ctl("tenant", "add", self.tenant, of_tenant=False)
        made = self.ctl("client", "add", "orders", "--audience", AUDIENCE)
        self.client = made["client_id"], made["client_secret"]
        self.first = self.keys()[0]["kid"]

    def ctl(self, *arguments, of_tenant=True, **more):
        return self.daemon.ctl(*arguments, *(["--tenant", self.tenant] if of_tenant else []), **more)

    def refusal(self, *arguments):
        code, out, err = self.ctl(*arguments, check=False)
        self.assertEqual(1, code, (out, err))
        return err

    def keys(self):
        return self.ctl("key", "list")["keys"]

    def status(self, kid):
        return next((key["status"] for key in self.keys() if key["kid"] == kid), None)

    def token(self):
        status, answer = self.daemon.token(*self.client, tenant=self.tenant)
        self.assertEqual(200, status, answer)
        return answer["access_token"]

    def published(self):
        address = f"{self.daemon.issuer}/t/{self.tenant}/.well-known/jwks.json"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return [key["kid"] for key in json.load(answer)["keys"]]

    def pass_time(self, seconds):
        self.clock.advance(seconds)
        self.daemon.ctl("clock", "accept")

    def test_a_graceful_rotation_waits_for_verifiers(self):
        rotated = self.ctl("key", "rotate", "--alg", "EdDSA")
        second = rotated["successor"]["kid"]
        self.assertEqual("pending", rotated["successor"]["status"])
        self.assertIsNone(rotated["predecessor"])
        self.assertEqual([self.first, second], self.published())
        self.assertEqual(self.first, jwt.get_unverified_header(self.token())["kid"])
        again = self.ctl("key", "rotate", "--alg", "EdDSA")
        self.assertEqual(second, again["successor"]["kid"], "no third key, however often it is asked for")
        self.pass_time(1020)
        self.assertTrue(until(lambda: self.status(second) == "active"))
        self.assertEqual("retiring", self.status(self.first))
        self.assertEqual(second, jwt.get_unverified_header(self.token())["kid"])
        self.assertEqual([self.first, second], self.published())
        err = self.refusal("key", "retire", self.first)
        self.assertIn("the tail of key", err)
        self.ctl("key", "retire", self.first, "--while-tokens-live")
        self.assertEqual([second], self.published())

    def test_a_lead_is_overridden_by_its_name_alone(self):
        second = self.ctl("key", "add", "--alg", "EdDSA")["kid"]
        rotated = self.ctl("key", "rotate", second, "--before-verifiers-know")
        self.assertEqual((second, "active"), (rotated["successor"]["kid"], rotated["successor"]["status"]))
        self.assertEqual((self.first, "retiring"), (rotated["predecessor"]["kid"], rotated["predecessor"]["status"]))
        code, out, err = self.daemon.ctl("key", "prove", check=False)
        self.assertEqual(1, code)
        self.assertTrue([gap for gap in json.loads(out)["gaps"] if second in gap], out)

    def test_a_time_before_the_lead_is_refused(self):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now() + 600))
        self.assertIn("the lead of key", self.refusal("key", "rotate", "--alg", "EdDSA", "--at", at))
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now() + 5000))
        self.assertEqual(later, self.ctl("key", "rotate", "--alg", "EdDSA", "--at", later)["successor"]["activate_at"])

    def test_the_key_that_signs_is_not_retired(self):
        self.assertIn("signetctl key rotate", self.refusal("key", "retire", self.first))
        self.assertIn("signetctl key rotate", self.refusal("key", "retire", self.first, "--while-tokens-live"))
        self.ctl("key", "retire", self.first, "--leave-without-key")
        self.assertEqual("retiring", self.status(self.first))
        self.assertEqual([self.first], self.published())
        status, answer = self.daemon.token(*self.client, tenant=self.tenant)
        self.assertGreaterEqual(status, 500, answer)

    def test_a_compromised_key_is_gone_at_once(self):
        token = self.token()
        self.assertTrue(self.active(token))
        rotated = self.ctl("key", "rotate", "--alg", "EdDSA", "--compromised")
        self.assertEqual((self.first, "retired"), (rotated["predecessor"]["kid"], rotated["predecessor"]["status"]))
        second = rotated["successor"]["kid"]
        self.assertEqual([second], self.published())
        self.assertFalse(self.active(token))
        self.assertEqual(second, jwt.get_unverified_header(self.token())["kid"])
        self.assertTrue(self.active(self.token()))
        self.assertTrue([row for row in self.ctl("revocation", "list")["revocations"] if row["value"] == self.first])

    def active(self, token):
        if not hasattr(self, "checker"):
            made = self.ctl("client", "add", "checker", "--introspect", "*")
            self.checker = made["client_id"], made["client_secret"]
        basic = base64.b64encode(":".join(self.checker).encode()).decode()
        request = urllib.request.Request(f"{self.daemon.issuer}/t/{self.tenant}/oauth2/introspect",
                                         data=urllib.parse.urlencode({"token": token}).encode(),
                                         headers={"Authorization": "Basic " + basic})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["active"]

    def test_an_hmac_key_waits_until_it_was_handed_out(self):
        place = ("--alg", "HS256", "--audience", AUDIENCE)
        first = self.ctl("key", "add", *place)["kid"]
        err = self.refusal("key", "rotate", *place)
        second = next(key["kid"] for key in self.keys() if key["status"] == "pending")
        self.assertIn(f"signetctl key export-secret {second}", err)
        self.ctl("key", "export-secret", second)
        self.assertEqual("pending", self.ctl("key", "rotate", *place)["successor"]["status"])
        self.pass_time(61)
        self.assertTrue(until(lambda: self.status(second) == "active"))
        self.assertEqual("retiring", self.status(first))

    def test_unknown_keys_and_places_are_named(self):
        self.assertIn("there is no key", self.refusal("key", "rotate", "nobody"))
        self.assertIn("there is no key", self.refusal("key", "retire", "nobody"))
        self.assertIn("there is no active key", self.refusal("key", "rotate", "--alg", "ES256", "--compromised"))
        self.assertIn("has no key that signs", self.refusal("key", "rotate", "--dialect", "vietqr"))

    def test_wrong_usage_is_two(self):
        for arguments in (("k", "--alg", "EdDSA"), ("--alg", "HS256"), ("--alg", "none"),
                          ("--alg", "EdDSA", "--audience", "urn:x"), ("--alg", "EdDSA", "--at", "soon"),
                          ("--alg", "EdDSA", "--at", "2030-01-31T12:00:00Z", "--compromised")):
            code, out, err = self.ctl("key", "rotate", *arguments, check=False)
            self.assertEqual(2, code, (arguments, out, err))

    def test_audit_tail_shows_who_did_what(self):
        self.ctl("key", "rotate", "--alg", "EdDSA", "--before-verifiers-know")
        code, out, err = self.ctl("audit", "tail", "--what", "key.", check=False)
        records = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(["key.add", "key.add", "key.stop", "key.activate"], [record["what"] for record in records])
        self.assertEqual({os.getuid()}, {record["uid"] for record in records})
        self.assertEqual("before_verifiers_know", records[-1]["after"]["overridden"])
        self.assertEqual(1, records[-1]["before"]["status"])


if __name__ == "__main__":
    unittest.main()
