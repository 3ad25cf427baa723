"""Keys through their lives while a verifier watches: it caches the key set for exactly its max-age, checks tokens all
the time, and must never meet one whose key it does not know. Time runs some six hundred times as fast.

SIGNET_KEY_ROTATIONS=10 is the long form."""

import calendar
import collections
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
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

    def test_a_longer_max_age_is_served_when_the_keys_know_of_it(self):
        def max_age():
            with urllib.request.urlopen(self.daemon.issuer + "/.well-known/jwks.json", timeout=10) as answer:
                return int(re.search(r"max-age=(\d+)", answer.headers["Cache-Control"]).group(1))

        def reload(seconds):
            self.config.write_text(re.sub(r"jwks_max_age_s = .*\n", "", self.config.read_text()) +
                                   f"jwks_max_age_s = {seconds}\n")
            self.daemon.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(lambda: max_age() == seconds, timeout_s=10), self.daemon.stderr)
        pending = self.daemon.ctl("key", "add", "--alg", "EdDSA")
        reload(1500)
        grown = next(key for key in self.daemon.ctl("key", "list")["keys"] if key["kid"] == pending["kid"])
        self.assertGreater(grown["signs_from"], pending["signs_from"])
        reload(60)
        self.assertEqual(grown["signs_from"], next(key["signs_from"] for key in self.daemon.ctl("key", "list")["keys"]
                                                   if key["kid"] == pending["kid"]))
        self.assertNotIn("reload_failed", self.daemon.stderr)

    def key_set(self, etag=None):
        """(status, max-age, entity tag, kids)"""
        request = urllib.request.Request(self.daemon.issuer + "/.well-known/jwks.json",
                                         headers={"If-None-Match": etag} if etag else {})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, fields, body = answer.status, answer.headers, json.load(answer)
        except urllib.error.HTTPError as error:
            status, fields, body = error.code, error.headers, {"keys": []}
        max_age = int(re.fullmatch(r"public, max-age=(\d+)", fields["Cache-Control"]).group(1))
        return status, max_age, fields["ETag"], [key["kid"] for key in body["keys"]]

    def pass_time(self, seconds):
        self.clock.advance(seconds)
        self.daemon.ctl("clock", "accept")

    def statuses(self):
        return [key["status"] for key in self.daemon.ctl("key", "list")["keys"]]

    def left(self, step):
        """Seconds until the next step of that kind."""
        plan = self.daemon.ctl("key", "plan", "--days", "1")["plan"]
        at = next(one["at"] for one in plan if one["what"] == step)
        return calendar.timegm(time.strptime(at, "%Y-%m-%dT%H:%M:%SZ")) - self.clock.now()

    def test_a_copy_of_the_key_set_is_good_until_the_next_step(self):
        """For each step of a rotation: the whole max-age long before it, less and less towards it, never nothing, and
        the entity tag another one exactly when the document is another one."""
        status, age, tag, kids = self.key_set()
        self.assertEqual((200, 300, 1), (status, age, len(kids)))
        for step, count in (("publish", 2), ("activate", 2), ("retire", 1)):
            self.pass_time(self.left(step) - 400 if self.left(step) > 400 else 0)
            ages = []
            while (before := self.left(step)) > 40:
                status, age, same, _ = self.key_set(tag)
                self.assertEqual((304, tag), (status, same), "nothing has changed yet")
                self.assertLessEqual(age, min(300, before + 1), step)
                self.assertGreaterEqual(age, min(300, self.left(step) - 1), step)
                ages.append(age)
                self.pass_time(40 if before > 100 else 15)
            self.assertEqual(sorted(ages, reverse=True), ages)
            self.assertLess(ages[-1], 100)
            self.pass_time(self.left(step) - 12)
            self.assertEqual(15, self.key_set(tag)[1], "the least")
            statuses = self.statuses()
            self.pass_time(12)
            self.assertTrue(until(lambda: statuses != self.statuses()), step)
            status, age, new, kids = self.key_set()
            self.assertEqual((200, count), (status, len(kids)), step)
            self.assertEqual(step == "activate", new == tag, "who signs is not in the document")
            tag = new

    def test_the_plan_is_what_happens(self):
        plan = self.daemon.ctl("key", "plan", "--days", "1")["plan"]
        self.assertEqual(["publish", "activate", "retire"], [step["what"] for step in plan[:3]])
        first = self.daemon.ctl("key", "list")["keys"][0]
        thread = threading.Thread(target=self.let_time_run, daemon=True)
        thread.start()
        for wanted in (["active", "pending"], ["retiring", "active"], ["retired", "active"]):
            self.assertTrue(until(lambda: self.statuses()[:2] == wanted, timeout_s=40), self.statuses())
        self.over.set()
        thread.join(timeout=20)
        keys = self.daemon.ctl("key", "list")["keys"]
        self.assertEqual(first["kid"], keys[0]["kid"])
        self.assertGreaterEqual(keys[1]["activated_at"], plan[1]["at"])
        self.assertLessEqual(plan[1]["at"], keys[0]["retiring_at"])


if __name__ == "__main__":
    unittest.main()
