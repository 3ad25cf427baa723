"""A disk that takes seconds for each sync: changes are slow but right, and nothing else waits for them."""

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon, ready, until  # noqa: E402
from slow_disk import SlowDisk  # noqa: E402


class OnASlowDisk(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-slow-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        # The leak check of AddressSanitizer cannot run under a tracer, and ends the program when it tries.
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        self.daemon = Daemon.start(data_dir=self.dir, environment={"ASAN_OPTIONS": options})
        self.addCleanup(lambda: self.daemon.kill())

    def slow_down(self, delay_s):
        self.syncs = self.enterContext(SlowDisk(self.daemon.process.pid, delay_s)).syncs

    def change(self, name):
        """`client add` in the background; `made` is its answer once `thread` has ended."""
        thread = threading.Thread(target=lambda: setattr(thread, "made", self.daemon.ctl("client", "add", name,
                                                                                       check=False)))
        thread.made = None
        thread.start()
        return thread

    def acknowledged(self, change):
        change.join(120)
        code, out, err = change.made
        self.assertEqual(0, code, err)
        made = json.loads(out)
        return made["client_id"], made["client_secret"]

    def test_tokens_are_issued_while_a_change_waits_for_the_disk(self):
        self.slow_down(2)
        change = self.change("slow")
        meanwhile = 0
        while change.is_alive():
            status, answer = self.daemon.token("demo", self.daemon.secret())
            self.assertEqual(200, status, answer)
            self.assertTrue(ready(self.daemon))
            meanwhile += change.is_alive()
        # A worker that waited for the disk would have answered once, after the change.
        self.assertGreater(meanwhile, 5)
        self.assertGreater(self.syncs(), 0, "the change was never slow")
        self.assertEqual(200, self.daemon.token(*self.acknowledged(change))[0])
        self.assertEqual(0, self.daemon.stop())

    def test_a_change_may_take_longer_than_the_deadlines_of_a_request(self):
        self.slow_down(11)  # the head, the body and a stalled write have 10 s each
        change = self.change("slow")
        self.assertEqual(200, self.daemon.token(*self.acknowledged(change))[0])
        self.assertGreater(self.syncs(), 0, "the change was never slow")
        self.assertTrue(ready(self.daemon))

    def test_changes_at_the_same_time_are_all_there_after_a_kill(self):
        self.slow_down(1)
        changes = [self.change(f"slow-{n}") for n in range(8)]
        clients = [self.acknowledged(change) for change in changes]
        unanswered = self.change("unanswered")
        time.sleep(0.3)
        self.daemon.kill()
        unanswered.join(120)
        self.daemon = Daemon.start(data_dir=self.dir)
        for client in clients:
            self.assertEqual(200, self.daemon.token(*client)[0], client[0])
        if unanswered.made[0] == 0:
            self.assertEqual(200, self.daemon.token(*self.acknowledged(unanswered))[0])
        self.assertEqual(0, self.daemon.stop())

    def test_a_change_under_way_is_acknowledged_before_the_end(self):
        self.slow_down(3)  # idle administrators are given 2 s after the last worker has ended
        change = self.change("last")
        self.assertTrue(until(lambda: self.syncs() > 0))
        self.daemon.process.send_signal(signal.SIGTERM)
        client = self.acknowledged(change)
        self.assertEqual(0, self.daemon.process.wait(60))
        self.daemon = Daemon.start(data_dir=self.dir)
        self.assertEqual(200, self.daemon.token(*client)[0])
        self.assertEqual(0, self.daemon.stop())


if __name__ == "__main__":
    unittest.main()
