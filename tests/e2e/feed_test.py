"""Followers read the feed through random revocations, broken connections and a restart, check every checkpoint, and end
with exactly what was revoked.

    SIGNET_FEED_SECONDS=60 python3 tests/e2e/feed_test.py      # the long form
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from feed_follower import Follower  # noqa: E402
from signet_daemon import BUILD, free_port  # noqa: E402

SERVER = BUILD / "tests" / "e2e" / "feed_server"
SECONDS = float(os.environ.get("SIGNET_FEED_SECONDS", "8"))
SEED = int(os.environ.get("SIGNET_FEED_SEED", str(random.randrange(1 << 32))))
FAR = 4_000_000_000


class Server:
    """What it answered is in `ledger`, as a follower should know it."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="signet-feed-")
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.ledger = {}
        self.answered = 0
        self.lock = threading.Lock()
        self.start()

    def start(self):
        self.process = subprocess.Popen([str(SERVER), self.directory + "/data", str(self.port)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.process.stdout.readline().strip()
        assert line == "ready", line

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(60)
        self.process.stdout.close()
        assert code == 0, code

    def restart(self):
        with self.lock:
            self.end()
            self.start()

    def revoke(self, kind, value, issued_before, exp):
        """The sequence; 0 when it was revoked already."""
        with self.lock:
            self.process.stdin.write(f"revoke {kind} {value or '-'} {issued_before} {exp}\n")
            self.process.stdin.flush()
            sequence = int(self.process.stdout.readline())
            if sequence:
                self.answered += 1
                before = self.ledger.get((kind, value), (0, 0))
                self.ledger[(kind, value)] = (max(before[0], issued_before), max(before[1], exp))
            return sequence

    def live(self, now):
        return {place: value for place, value in self.ledger.items() if value[1] > now}


class Feed(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.random = random.Random(SEED)
        self.errors = []
        self.threads = []
        print(f"seed {SEED}", flush=True)

    def tearDown(self):
        self.server.end()
        shutil.rmtree(self.server.directory, ignore_errors=True)

    def follower(self, secret="the-secret-of-the-follower"):
        made = Follower(self.server.issuer, "rs", secret)
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

    def revoke_one(self, number):
        kind = self.random.choice(["token"] * 3 + ["token_hash", "family", "client", "subject", "tenant", "key"])
        criterion = kind in ("client", "subject", "tenant", "key")
        value = "" if kind == "tenant" else f"{kind}-{self.random.randrange(40) if criterion else number}"
        issued_before = 1_700_000_000_000 + number if criterion else 0
        soon = not criterion and self.random.random() < 0.2
        exp = int(time.time()) + self.random.randrange(-5, 5) if soon else FAR + number
        self.server.revoke(kind, value, issued_before, exp)

    def test_followers_end_with_exactly_the_servers_set(self):
        ending = threading.Event()
        followers = [self.follower() for _ in range(4)]

        def follow(follower, forget):
            while not ending.is_set() or follower.seq < self.server.answered:
                if forget and self.random.random() < 0.05:
                    follower.snapshot()
                follower.step(self.random.choice([0, 1, 5, 60]) if not ending.is_set() else 0)

        def disturb():
            while not ending.wait(self.random.uniform(0.05, 0.5)):
                self.random.choice(followers).hang_up()

        for index, one in enumerate(followers):
            self.background(lambda one=one, index=index: follow(one, index >= 2))
        self.background(disturb)
        end = time.monotonic() + SECONDS
        restart_at = time.monotonic() + SECONDS / 2
        number = 0
        while time.monotonic() < end and not self.errors:
            for _ in range(self.random.choice([1, 1, 1, 5, 50])):
                number += 1
                self.revoke_one(number)
            if restart_at is not None and time.monotonic() > restart_at:
                restart_at = None
                self.server.restart()
            time.sleep(self.random.choice([0, 0.01, 0.1]))
        ending.set()
        self.server.revoke("token", "last", 0, FAR)  # wakes those who wait
        self.join()
        late = self.follower()
        late.snapshot()
        now = int(time.time()) + 10
        expected = self.server.live(now)
        self.assertGreater(len(expected), 50)
        for follower in [*followers, late]:
            self.assertEqual(expected, follower.live(now))
            self.assertEqual(self.server.answered, follower.seq)
            self.assertGreater(follower.checkpoints, 0)
        self.assertEqual(1, len({follower.hash for follower in [*followers, late]}))
        self.assertGreater(sum(follower.reconnects for follower in followers), 0)
        print(f"{self.server.answered} entries, {sum(f.pages for f in followers)} pages, "
              f"{sum(f.checkpoints for f in followers)} checkpoints, {sum(f.snapshots for f in followers)} snapshots, "
              f"{sum(f.reconnects for f in followers)} reconnects", flush=True)

    def test_a_new_follower_reads_thousands_by_pages(self):
        for number in range(2500):
            self.server.revoke("token", f"j{number}", 0, FAR)
        by_feed, by_snapshot = self.follower(), self.follower()
        while by_feed.step(0):
            pass
        by_snapshot.snapshot()
        self.assertEqual(2500, len(by_feed.known))
        self.assertEqual(by_feed.known, by_snapshot.known)
        self.assertEqual(by_feed.hash, by_snapshot.hash)
        self.assertEqual(3, by_feed.pages)

    def test_followers_that_wait_are_told_and_a_stop_answers_them(self):
        followers = [self.follower() for _ in range(50)]
        for follower in followers:
            self.background(lambda follower=follower: follower.step(60))
        time.sleep(0.5)
        self.server.revoke("token", "one", 0, FAR)
        self.join()
        self.assertEqual([1] * 50, [follower.seq for follower in followers])
        for follower in followers:
            self.background(lambda follower=follower: follower.step(60))
        time.sleep(0.5)
        began = time.monotonic()
        self.server.restart()
        self.join()
        self.assertLess(time.monotonic() - began, 50, "a stop must not wait for its followers")

    def test_a_stranger_gets_nothing(self):
        self.server.revoke("token", "one", 0, FAR)
        stranger = self.follower(secret="another")
        for address in ("", "/snapshot"):
            status, body = stranger.get(f"{self.server.issuer}/oauth2/revocations{address}")
            self.assertEqual((401, "invalid_client"), (status, body["error"]))


if __name__ == "__main__":
    unittest.main()
