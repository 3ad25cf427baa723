"""The audit log as operators meet it: checked, exported, pruned, and copied to a sink."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from audit_rig import MODES, AuditBase  # noqa: E402
from signet_daemon import SIGNETCTL, until  # noqa: E402


class Verify(AuditBase):
    def log_of_tokens(self):
        """Two files of the log of issued tokens, and their lines."""
        for _ in range(2):
            self.start("os")
            for _ in range(3):
                self.token()
            self.assertEqual(0, self.daemon.stop())
        self.start("off")
        self.verified()
        files = sorted((self.data / "issuance").glob("*.jsonl"))
        self.assertEqual(2, len(files))
        return files, [path.read_text().splitlines(keepends=True) for path in files]

    def test_damage_of_the_log_of_tokens_is_named(self):
        files, lines = self.log_of_tokens()
        altered = [*lines[0]]
        altered[2] = altered[2].replace('"client_id":"demo"', '"client_id":"demi"')
        removed = [*lines[0][:2], *lines[0][3:]]
        moved = [lines[0][0], lines[0][2], lines[0][1], lines[0][3]]
        cut = lines[0][:-1]
        for index, content, text in ((0, altered, "line 3 was altered"),
                                     (0, removed, "line 3 is number 4: number 3 is missing"),
                                     (0, moved, "line 2 is number 3"),
                                     (0, cut, "line 1 is number 5: number 4 is missing"),
                                     (1, lines[1][:-1], "the files end at 7: lines are missing")):
            with self.subTest(text):
                files[index].write_text("".join(content))
                self.assertIn(text, self.refused("audit", "verify"))
                files[index].write_text("".join(lines[index]))
        files[1].rename(self.dir / "away")
        self.assertIn("lines are missing", self.refused("audit", "verify"))
        (self.dir / "away").rename(files[1])
        files[0].rename(self.dir / "away")
        self.verified()  # older files may be kept elsewhere

    def test_a_line_that_a_crash_cut_does_not_break_the_log(self):
        files, _ = self.log_of_tokens()
        self.assertEqual(0, self.daemon.stop())
        with open(files[1], "a") as file:
            file.write('{"n":9,"time_ms":17')
        self.start("os")
        self.token()
        self.verified()
        self.assertIn("issuance_log_cut", self.daemon.stderr)

    def test_a_log_that_goes_on_from_something_else_keeps_the_daemon_from_starting(self):
        files, _ = self.log_of_tokens()
        self.assertEqual(0, self.daemon.stop())
        with open(files[1], "a") as file:
            file.write("something else\n")
        daemon = self.start("os", wait=False)
        self.assertEqual(1, daemon.process.wait(30))
        daemon.ended.wait(10)
        self.assertIn("the log of issued tokens cannot go on", daemon.stderr)

    def test_no_progress_bar_where_nobody_looks(self):
        self.start()
        self.assertNotIn("\r", self.verified())


class ExportAndPrune(AuditBase):
    def setUp(self):
        super().setUp()
        self.start("group")
        for n in range(5):
            self.daemon.ctl("client", "add", f"c{n}")
        self.token()
        self.out = self.dir / "audit.jsonl"

    def export(self):
        return self.daemon.ctl("audit", "export", "--older-than", "0s", "--out", self.out)

    def wait_a_moment(self):
        """Until what was recorded is older than now, to the second."""
        time.sleep(1.1)

    def test_an_export_proves_itself_and_damage_is_named(self):
        self.wait_a_moment()
        made = self.export()
        self.assertEqual(0o600, self.out.stat().st_mode & 0o777)
        self.daemon.stop()
        checked = self.daemon.ctl("audit", "verify", "--file", self.out)  # without a daemon
        self.assertEqual((made["first"], made["last"], made["chain"]),
                         (checked["first"], checked["last"], checked["chain"]))
        lines = self.out.read_text().splitlines(keepends=True)
        altered = lines[3].replace('"what":"', '"what":"x')
        for content, text in (([*lines[:3], altered, *lines[4:]], "line 4 was altered"),
                              ([*lines[:3], *lines[4:]], "line 4 is number 5: number 4 is missing"),
                              ([*lines[:3], lines[4], lines[3], *lines[5:]], "line 4 is number 5"),
                              (lines[:-1], "its last line is missing"),
                              (["nothing\n"], "line 1 is damaged")):
            with self.subTest(text):
                self.out.write_text("".join(content))
                self.assertIn(text, self.refused("audit", "verify", "--file", self.out))

    def test_nothing_is_pruned_without_an_export(self):
        self.wait_a_moment()
        code, _, err = self.daemon.ctl("audit", "prune", "--older-than", "0s", check=False)
        self.assertEqual(2, code)
        self.assertIn("--export", err)
        self.assertIn("--lose-records", err)
        self.export()
        lines = self.out.read_text().splitlines(keepends=True)
        self.out.write_text("".join([*lines[:3], *lines[4:]]))
        self.assertIn("is missing", self.refused("audit", "prune", "--export", self.out))
        records = len(self.tail())
        self.verified()
        self.assertGreater(records, 6)

    def test_an_export_of_another_store_prunes_nothing(self):
        self.wait_a_moment()
        self.export()
        self.daemon.stop()
        shutil.rmtree(self.data)
        shutil.copytree(self.template / "data", self.data, ignore=shutil.ignore_patterns("*.sock"))
        self.start("group")
        self.assertIn("has been exported", self.refused("audit", "prune", "--export", self.out))

    def test_what_is_left_follows_from_the_export(self):
        self.wait_a_moment()
        made = self.export()
        dropped = self.daemon.ctl("audit", "prune", "--export", self.out)
        self.assertEqual(made["last"] - made["first"] + 1, dropped["dropped"])
        said = self.verified()
        self.assertIn(made["hash"], said)
        self.assertIn(f"records up to {made['last']} were pruned", said)
        self.assertEqual(["audit.export", "audit.prune"], [record["what"] for record in self.tail()])
        self.daemon.stop()
        self.start("group")
        self.assertIn(made["hash"], self.verified())
        self.daemon.ctl("client", "add", "later")
        # The next export goes on where this one ended.
        self.wait_a_moment()
        again = self.dir / "next.jsonl"
        second = self.daemon.ctl("audit", "export", "--older-than", "0s", "--out", again)
        self.assertEqual(made["last"] + 1, second["first"])
        checked = self.daemon.ctl("audit", "verify", "--file", again)
        self.assertEqual(made["hash"], checked["before_hash"])

    def test_a_loss_that_is_accepted_is_on_record(self):
        self.wait_a_moment()
        self.daemon.ctl("audit", "prune", "--older-than", "0s", "--lose-records")
        self.verified()
        self.assertFalse(self.tail("--what", "audit.prune")[-1]["after"]["exported"])

    def test_key_prove_says_from_when_on_it_can_prove(self):
        code, _, err = self.ctl_text("key", "prove")
        self.assertEqual(0, code, err)
        self.wait_a_moment()
        self.export()
        self.daemon.ctl("audit", "prune", "--export", self.out)
        self.daemon.ctl("key", "rotate", "--alg", "EdDSA", "--before-verifiers-know")
        code, _, err = self.ctl_text("key", "prove")
        self.assertIn("were pruned", err)
        self.assertNotIn("FAULT", err)

    def test_wrong_usage_is_refused(self):
        for arguments in (("audit", "export", "--out", "x"), ("audit", "export", "--older-than", "1d"),
                          ("audit", "export", "--older-than", "soon", "--out", "x"),
                          ("audit", "export", "--before", "yesterday", "--out", "x"),
                          ("audit", "export", "--before", "2030-01-31T12:00:00Z", "--older-than", "1d", "--out", "x"),
                          ("audit", "prune"), ("audit", "prune", "--export", "x", "--lose-records"),
                          ("audit", "prune", "--lose-records")):
            code, _, err = self.daemon.ctl(*arguments, check=False)
            self.assertEqual(2, code, (arguments, err))
        self.out.write_text("mine\n")
        self.wait_a_moment()
        self.refused("audit", "export", "--older-than", "0s", "--out", self.out)
        self.assertEqual("mine\n", self.out.read_text())


class Sink(AuditBase):
    def lines(self, path):
        if not path.exists():
            return []
        whole = path.read_text().rpartition("\n")[0]  # what follows is being written
        return [json.loads(line) for line in whole.splitlines()]

    def whats(self, path):
        return [line.get("what", "token" if "client_id" in line else "log") for line in self.lines(path)]

    def test_a_file_gets_every_record_and_survives_logrotate(self):
        for mode in MODES:
            with self.subTest(mode):
                self.setUp()
                sink = self.dir / "sink.jsonl"
                daemon = self.start(mode, sink=f"file:{sink}")
                daemon.ctl("client", "add", "before")
                self.token()
                self.assertTrue(until(lambda: "client.add" in self.whats(sink) and "jti" in sink.read_text()))
                moved = sink.rename(self.dir / "sink.1")
                daemon.process.send_signal(signal.SIGHUP)
                self.assertTrue(until(lambda: "reloaded" in daemon.stderr))
                daemon.ctl("client", "add", "after")
                self.assertTrue(until(lambda: "after" in [line.get("subject") for line in self.lines(sink)]))
                self.assertNotIn("after", [line.get("subject") for line in self.lines(moved)])
                daemon.stop()
                # What happened while it was down, and nothing twice.
                self.start(mode, sink=f"file:{sink}")
                self.daemon.ctl("client", "add", "later")
                self.assertTrue(until(lambda: "later" in [line.get("subject") for line in self.lines(sink)]))
                self.daemon.stop()
                numbers = [line["sequence"] for line in self.lines(moved) + self.lines(sink)
                           if "sequence" in line and line.get("token", 1) == 1]
                self.assertEqual(list(range(1, len(numbers) + 1)), numbers)

    def test_a_sink_that_fails_delays_nobody_and_catches_up(self):
        sink = self.dir / "absent" / "sink.jsonl"
        daemon = self.start("group", sink=f"file:{sink}")
        self.token()
        daemon.ctl("client", "add", "early")
        self.assertTrue(until(lambda: "audit_sink_failed" in daemon.stderr))
        sink.parent.mkdir()
        self.assertTrue(until(lambda: "early" in [line.get("subject") for line in self.lines(sink)]))
        self.assertEqual(1, daemon.stderr.count("audit_sink_failed"))

    def test_syslog_gets_every_record(self):
        path = self.dir / "log.sock"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind(str(path))
            log.settimeout(20)
            self.start("off", sink=f"syslog:{path}")
            self.daemon.ctl("client", "add", "shown")
            while True:
                message = log.recv(65536).decode()
                self.assertTrue(message.startswith("<86>"), message)
                if json.loads(message[message.index(": {") + 2:])["subject"] == "shown":
                    return

    def test_a_sink_that_is_none_is_refused(self):
        for sink in ("file:relative", "file:", "udp:host", "syslog:x", "nothing"):
            config = self.dir / "bad.toml"
            config.write_text(f'data_dir = "{self.data}"\nissuer = "http://127.0.0.1:1"\naudit_sink = "{sink}"\n')
            done = subprocess.run([str(SIGNETCTL.parents[1] / "daemon/signetd"), "--check-config", "--config",
                                   str(config)], capture_output=True, text=True, timeout=20)
            self.assertNotEqual(0, done.returncode, sink)
            self.assertIn("audit_sink", done.stderr + done.stdout)


if __name__ == "__main__":
    unittest.main()
