"""kill -9 before each step that a new root key, a new slot or a removed one takes on the disk: afterwards exactly one
set of slots opens the vault, the one before the change or the one after it."""

import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon, until  # noqa: E402
from strace import Strace  # noqa: E402

PASSPHRASE = "marker passphrase of the vault 4711"
ANOTHER = "another passphrase of the vault 4712"
# What changes a file or makes a change last.
STEPS = ("write", "writev", "pwrite64", "fdatasync", "fsync", "rename", "renameat2", "unlink", "ftruncate")


def threads_of(pid):
    """In the order in which they were made, which is the same at each start."""
    return sorted(int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir())


class EachStep(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-vault-steps-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.model, self.data = self.dir / "model", self.dir / "data"
        daemon = Daemon.start(data_dir=self.model)
        self.assertEqual(2, daemon.ctl("vault", "slot-add", "--passphrase", stdin=PASSPHRASE)["number"])
        self.assertEqual(0, daemon.stop())

    def start(self):
        daemon = Daemon.start(data_dir=self.data)
        self.addCleanup(daemon.kill)
        return daemon

    def fresh(self):
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.model, self.data)
        return self.start()

    def steps_of(self, command, stdin):
        """[(index of the thread, system call, how many of that call the thread has made by then)]."""
        daemon = self.fresh()
        threads = threads_of(daemon.process.pid)
        log = self.dir / "trace"
        with Strace("-f", "-y", "-s", "0", "-o", log, "-e", "trace=" + ",".join(STEPS), "-p", daemon.process.pid):
            daemon.ctl(*command, stdin=stdin)
        self.assertEqual(0, daemon.stop())
        steps, made = [], {}
        for line in log.read_text().splitlines():
            found = re.match(r"(\d+) +(\w+)\(", line)
            if found is None:
                continue
            step = threads.index(int(found[1])), found[2]
            made[step] = made.get(step, 0) + 1
            if "anon_inode" not in line:  # one thread that wakes another changes nothing
                steps.append((*step, made[step]))
        return steps

    def kill_before(self, step, command, stdin):
        daemon = self.fresh()
        thread, call, count = step
        with Strace("-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={count}",
                    "-p", threads_of(daemon.process.pid)[thread]):
            code, _, _ = daemon.ctl(*command, stdin=stdin, check=False)
            # The last steps come after the answer. A thread that was woken less often than when the steps were counted
            # does not reach the last of them: that is a kill after them.
            if not until(lambda: daemon.process.poll() is not None):
                daemon.process.kill()
                daemon.process.wait(30)
        self.assertEqual(-9, daemon.process.returncode)
        return code == 0

    def opens(self, daemon, *slot, stdin=""):
        code, out, err = daemon.ctl("vault", "check", *slot, stdin=stdin, check=False)
        self.assertTrue(code == 0 or "opens no slot" in err, err)
        return code == 0

    def check_each(self, command, before, after, stdin=""):
        """What is killed leaves `before` or `after`: which of three secrets open the vault, and the
        generation of the root key."""
        steps = self.steps_of(command, stdin)
        self.assertGreater(len(steps), 8, steps)
        self.assertTrue({"write", "fsync", "rename", "fdatasync"} <= {call for _, call, _ in steps}, steps)
        seen = []
        for step in steps:
            with self.subTest(command=command, step=step):
                answered = self.kill_before(step, command, stdin)
                daemon = self.start()
                vault = daemon.ctl("vault", "status")
                found = (self.opens(daemon, "--key-file", self.data / "vault.key"),
                         self.opens(daemon, "--passphrase", stdin=PASSPHRASE),
                         self.opens(daemon, "--passphrase", stdin=ANOTHER), vault["generation"])
                self.assertIn(found, (before, after))
                if answered:
                    self.assertEqual(after, found, "what was acknowledged is there")
                self.assertEqual(sum(found[:3]), len(vault["slots"]))
                self.assertFalse(vault["rekeying"])
                self.assertEqual([], list(self.data.glob("vault*.tmp")))
                self.assertEqual(200, daemon.token("demo", daemon.secret())[0])
                self.assertEqual(0, daemon.ctl("audit", "verify", check=False)[0])
                self.assertEqual(0, daemon.stop())
                seen.append(found)
        self.assertEqual({before, after}, set(seen), "the steps lie on both sides of the change")

    def test_a_new_root_key(self):
        self.check_each(("vault", "rekey"), (True, True, False, 1), (True, True, False, 2))

    def test_a_new_slot(self):
        self.check_each(("vault", "slot-add", "--passphrase"), (True, True, False, 1), (True, True, True, 1),
                        stdin=ANOTHER)

    def test_a_removed_slot(self):
        self.check_each(("vault", "slot-remove", "2", "--yes"), (True, True, False, 1), (True, False, False, 1))


if __name__ == "__main__":
    unittest.main()
