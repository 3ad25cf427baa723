"""The daemon ends under refresh and revoke load, by kill -9 or by an fdatasync that fails once, is started again on
what it left, and is held against the ledger of what it had acknowledged (refresh_ledger.py has the rules).

    SIGNET_CRASH_CYCLES=200 SIGNET_CRASH_SEED=1 python3 tests/crash/refresh_crash_test.py

The seed gives what the load does and when the end comes; which operation that meets is the machine's business.
"""

import os
import random
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from refresh_admin import Administrator  # noqa: E402
from refresh_rig import CLIENTS, Rig  # noqa: E402
from strace import Strace  # noqa: E402

CYCLES = int(os.environ.get("SIGNET_CRASH_CYCLES", "5"))
SEED = int(os.environ.get("SIGNET_CRASH_SEED", str(random.SystemRandom().randrange(1 << 32))))
ENOUGH = 200  # operations acknowledged in each cycle before the kill
LATE_S = 0.15  # and so much later at most
START_S = 0.25  # about what a start takes: some are killed within
FAILING_SYNCS_MAX = 100


class RefreshCrash(unittest.TestCase):
    rig_type = Rig

    def make_clients(self):
        # Some hundred tokens a cycle are revoked one by one, and one client may have 10,000.
        self.rig.add_clients(max(CLIENTS, CYCLES // 40))

    def setUp(self):
        self.name = self.id().rsplit(".", 1)[1]
        print(f"{self.name}: seed {SEED}; SIGNET_CRASH_SEED={SEED} SIGNET_CRASH_CYCLES={CYCLES} replays it",
              file=sys.stderr)
        self.dir = Path(tempfile.mkdtemp(prefix="signet-crash-"))
        # The leak check of AddressSanitizer cannot run under a tracer, and ends the program when it tries.
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        self.rig = self.rig_type(self.dir / "data", SEED, {"ASAN_OPTIONS": options})
        self.rig.start()
        self.make_clients()
        self.rig.daemon.stop()
        self.began = time.monotonic()

    def tearDown(self):
        if self.rig.daemon:
            self.rig.daemon.kill()
        # Kept after a failure, for whoever looks into it.
        if not self.rig.ledger.broken:
            shutil.rmtree(self.dir, ignore_errors=True)

    def check(self, cycle, everything=False):
        self.rig.check(everything)
        self.assertEqual([], self.rig.ledger.broken, f"cycle {cycle}, seed {SEED}, data in {self.dir}")

    def finish(self, cycles):
        self.rig.start()
        self.check(cycles, everything=True)
        self.assertEqual(0, self.rig.daemon.stop())
        print(f"{self.name}: {cycles} cycles in {time.monotonic() - self.began:.0f} s, seed {SEED}: "
              f"{self.rig.ledger.summary()}", file=sys.stderr)

    def test_killed_at_random_moments(self):
        fewest, starts = None, 0
        for cycle in range(CYCLES):
            if self.rig.random.random() < 0.25:
                self.kill_while_starting()
                starts += 1
            self.rig.start()
            self.check(cycle)
            administrator = Administrator(self.rig, cycle)
            daemon, late_s = self.rig.daemon, self.rig.random.uniform(0, LATE_S)

            def kill():
                time.sleep(late_s)
                daemon.process.kill()

            administrator.start()
            acknowledged = self.rig.load(ENOUGH, kill)
            administrator.settle()
            self.assertGreaterEqual(acknowledged, ENOUGH, daemon.stderr)
            fewest = min(fewest or acknowledged, acknowledged)
            daemon.kill()
        self.finish(CYCLES)
        print(f"{self.name}: at least {fewest} operations acknowledged in each cycle; {starts} starts killed besides",
              file=sys.stderr)

    def kill_while_starting(self):
        self.rig.start(wait=False)
        time.sleep(self.rig.random.uniform(0, START_S))
        self.rig.daemon.kill()

    def trace(self, when):
        """While it is entered a thread's fdatasync of that number fails, once."""
        return Strace("-f", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
                      f"inject=fdatasync:error=EIO:when={when}", "-p", self.rig.daemon.process.pid)

    @unittest.skipUnless(shutil.which("strace"), "needs strace")
    def test_a_sync_that_fails_once(self):
        cycles = max(2, CYCLES // 4)
        for cycle in range(cycles):
            self.rig.start()
            self.check(cycle)
            with self.trace(self.rig.random.randrange(1, FAILING_SYNCS_MAX)):
                self.rig.load(1 << 30, lambda: None)
                # It ends by itself, since nothing that it would say could be trusted.
                self.assertEqual(1, self.rig.daemon.process.wait(60), self.rig.daemon.stderr)
                self.assertIn("storage_failed", self.rig.daemon.stderr)
            self.rig.daemon.kill()
        self.finish(cycles)
        self.assertGreater(self.rig.ledger.refused, 0)


if __name__ == "__main__":
    unittest.main()
