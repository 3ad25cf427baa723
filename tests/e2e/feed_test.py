"""Followers read the daemon's feed through random revocations, broken connections, a restart and a kill, check every
checkpoint, and end with exactly what the daemon says is revoked.

    SIGNET_FEED_SECONDS=60 python3 tests/e2e/feed_test.py      # the long form
"""

import base64
import calendar
import http.client
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from feed_follower import Follower  # noqa: E402
from signet_daemon import Daemon, free_port  # noqa: E402

SECONDS = float(os.environ.get("SIGNET_FEED_SECONDS", "8"))
SEED = int(os.environ.get("SIGNET_FEED_SEED", str(random.randrange(1 << 32))))
CLIENTS = ["client-%d" % number for number in range(8)]
CRITERIA = {"client": "--client", "subject": "--subject", "tenant": "--tenant", "family": "--family", "key": "--kid"}


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Server:
    """The daemon, and in `acknowledged` what it said it had revoked, as (kind, value)."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="signet-feed-")
        self.port = free_port()
        self.acknowledged = set()
        self.lock = threading.Lock()
        self.connection = None
        self.daemon = None
        self.start()
        self.issuer = self.daemon.issuer
        self.follower_secret = self.daemon.secret("demo-rs")
        self.secrets = {name: self.daemon.ctl("client", "add", name, "--grant", "client_credentials", "--scope", "a",
                                              "--audience", "urn:demo")["client_secret"] for name in CLIENTS}
        self.kid = next(key["kid"] for key in self.daemon.ctl("key", "list")["keys"] if key["alg"] == "ES256")

    def start(self):
        self.daemon = Daemon.start(data_dir=self.directory, port=self.port, workers=2)

    def close(self):
        self.hang_up()
        code = self.daemon.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        assert code == 0, code

    def hang_up(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def restart(self, kill=False):
        with self.lock:
            self.hang_up()
            if kill:
                self.daemon.kill()
            else:
                assert self.daemon.stop() == 0
            self.start()

    def post(self, path, body, client, content_type="application/x-www-form-urlencoded"):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.connection.request("POST", path, body, {"Authorization": basic(client, self.secrets[client]),
                                                     "Content-Type": content_type})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def tokens(self, client, count):
        status, body = self.post("/oauth2/token/batch", json.dumps([{}] * count), client, "application/json")
        assert status == 200, (status, body)
        return [json.loads(line)["access_token"] for line in body.splitlines()]

    def revoke_tokens(self, client, count):
        with self.lock:
            for token in self.tokens(client, count):
                status, body = self.post("/oauth2/revoke", urllib.parse.urlencode({"token": token}), client)
                assert (status, body) == (200, b""), (status, body)
                self.acknowledged.add(("token", claims_of(token)["jti"]))

    def revoke(self, kind, value):
        with self.lock:
            self.daemon.ctl("token", "revoke", CRITERIA[kind], value)
            self.acknowledged.add((kind, "" if kind == "tenant" else value))

    def listed(self):
        """What the daemon says is revoked: {(kind, value): (issued before in ms, exp in s)}, and the last sequence."""
        rows = self.daemon.ctl("revocation", "list")["revocations"]
        known = {}
        for row in rows:
            place = (row["kind"], row["value"])
            before = known.get(place, (0, 0))
            exp = calendar.timegm(time.strptime(row["expires_at"][:19], "%Y-%m-%dT%H:%M:%S"))
            known[place] = (max(before[0], int(row.get("issued_before_ms", 0))), max(before[1], exp))
        return known, max((int(row["sequence"]) for row in rows), default=0)


class Feed(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.random = random.Random(SEED)
        self.errors = []
        self.threads = []
        print(f"seed {SEED}", flush=True)

    def follower(self, secret=None):
        made = Follower(self.server.issuer, "demo-rs", secret or self.server.follower_secret)
        self.addCleanup(made.close)
        return made

    def background(self, work):
        def run():
            try:
                work()
            except Exception as error:  # reported by the test's own thread
                self.errors.append(repr(error))
        thread = threading.Thread(target=run)
        thread.start()
        self.threads.append(thread)

    def join(self):
        for thread in self.threads:
            thread.join(180)
        self.threads.clear()
        self.assertEqual([], self.errors)

    def revoke_some(self):
        kind = self.random.choice(["token"] * 12 + list(CRITERIA))
        if kind == "token":
            self.server.revoke_tokens(self.random.choice(CLIENTS), self.random.choice([1, 1, 1, 5, 50]))
        elif kind == "client":
            self.server.revoke(kind, self.random.choice(CLIENTS))
        elif kind == "subject":
            self.server.revoke(kind, f"subject-{self.random.randrange(40)}")
        elif kind == "family":
            self.server.revoke(kind, "".join(self.random.choice("ABCDEFGHabcdefgh0123") for _ in range(21)) + "A")
        else:
            self.server.revoke(kind, self.server.kid if kind == "key" else "default")

    def test_followers_end_with_exactly_the_servers_set(self):
        last = threading.Event()
        self.last_sequence = float("inf")  # once it is known they end there; until then nobody waits any more
        followers = [self.follower() for _ in range(4)]

        def follow(follower, forget):
            while not last.is_set() or follower.seq < self.last_sequence:
                if forget and self.random.random() < 0.05:
                    follower.snapshot()
                follower.step(self.random.choice([0, 1, 5, 60]) if not last.is_set() else 0)

        def disturb():
            while not last.wait(self.random.uniform(0.05, 0.5)):
                self.random.choice(followers).hang_up()

        for index, one in enumerate(followers):
            self.background(lambda one=one, index=index: follow(one, index >= 2))
        self.background(disturb)
        began = time.monotonic()
        stops = [(SECONDS / 3, False), (SECONDS * 2 / 3, True)]
        while time.monotonic() - began < SECONDS and not self.errors:
            self.revoke_some()
            if stops and time.monotonic() - began > stops[0][0]:
                self.server.restart(kill=stops.pop(0)[1])
            time.sleep(self.random.choice([0, 0.01, 0.1]))
        last.set()
        self.server.revoke_tokens(CLIENTS[0], 1)  # wakes those who wait; what is listed does not change after it
        expected, self.last_sequence = self.server.listed()
        self.join()
        late = self.follower()
        late.snapshot()
        self.assertGreater(len(expected), 50)
        self.assertEqual(set(), self.server.acknowledged - set(expected), "acknowledged, and not there")
        for follower in [*followers, late]:
            self.assertEqual(expected, follower.known)
            self.assertEqual(self.last_sequence, follower.seq)
            self.assertGreater(follower.checkpoints, 0)
        self.assertEqual(1, len({follower.hash for follower in [*followers, late]}))
        self.assertGreater(sum(follower.reconnects for follower in followers), 0)
        print(f"{self.last_sequence} entries, {len(expected)} live, {sum(f.pages for f in followers)} pages, "
              f"{sum(f.checkpoints for f in followers)} checkpoints, {sum(f.snapshots for f in followers)} snapshots, "
              f"{sum(f.reconnects for f in followers)} reconnects, one restart, one kill", flush=True)

    def test_a_new_follower_reads_thousands_by_pages(self):
        for client in CLIENTS[:5]:
            self.server.revoke_tokens(client, 500)
        by_feed, by_snapshot = self.follower(), self.follower()
        while by_feed.step(0):
            pass
        by_snapshot.snapshot()
        self.assertEqual(2500, len(by_feed.known))
        self.assertEqual(self.server.acknowledged, set(by_feed.known))
        self.assertEqual(by_feed.known, by_snapshot.known)
        self.assertEqual(by_feed.hash, by_snapshot.hash)
        self.assertEqual(3, by_feed.pages)

    def test_followers_that_wait_are_told_and_a_stop_answers_them(self):
        followers = [self.follower() for _ in range(50)]
        for follower in followers:
            self.background(lambda follower=follower: follower.step(60))
        time.sleep(0.5)
        self.server.revoke_tokens(CLIENTS[0], 1)
        self.join()
        self.assertEqual([1] * 50, [follower.seq for follower in followers])
        for follower in followers:
            self.background(lambda follower=follower: follower.step(60))
        time.sleep(0.5)
        self.server.restart()
        self.join()  # they would wait for a minute otherwise, and the daemon for them

    def test_a_stranger_gets_nothing(self):
        self.server.revoke_tokens(CLIENTS[0], 1)
        stranger = self.follower(secret="another")
        for address in ("", "/snapshot"):
            status, body = stranger.get(f"{self.server.issuer}/oauth2/revocations{address}")
            self.assertEqual((401, "invalid_client"), (status, body["error"]))


if __name__ == "__main__":
    unittest.main()
