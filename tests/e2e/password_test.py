"""Passwords of clients that stand for people: set by stdin or at a terminal, imported, dropped; never shown."""

import json
import os
import pty
import select
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import SIGNETCTL, Daemon  # noqa: E402


class Passwords(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def refused(self, *arguments, stdin="", code=1):
        got, out, error = self.daemon.ctl(*arguments, stdin=stdin, check=False)
        self.assertEqual((code, ""), (got, out), error)
        return error

    def test_is_set_changed_and_dropped(self):
        ctl = self.daemon.ctl
        made = ctl("client", "add", "anna", "--password-stdin", stdin="sesame\n")
        self.assertEqual((True, []), (made["password"], made["secrets"]))
        self.assertNotIn("client_secret", made)
        changed = ctl("client", "set-password", "anna", stdin="säsam open")
        self.assertGreater(changed["revision"], made["revision"])
        self.assertEqual(changed, ctl("client", "show", "anna"))
        self.assertIn(("anna", True), [(c["client_id"], c["password"]) for c in ctl("client", "list")["clients"]])
        dropped = ctl("client", "drop-password", "anna")
        self.assertFalse(dropped["password"])
        self.assertGreater(dropped["revision"], changed["revision"])
        self.refused("client", "drop-password", "anna")

    def test_a_machine_keeps_its_secret_beside_one(self):
        made = self.daemon.ctl("client", "add", "both")
        self.assertFalse(made["password"])
        self.assertTrue(self.daemon.ctl("client", "set-password", "both", stdin="x")["password"])
        self.assertEqual(200, self.daemon.token("both", made["client_secret"])[0])
        self.assertEqual(401, self.daemon.token("both", "x")[0])

    def test_what_is_no_password_is_refused_and_changes_nothing(self):
        self.daemon.ctl("client", "add", "careful")
        before = self.daemon.ctl("client", "show", "careful")
        for text in ("", "\n", "a" * 1025, "a\tb"):
            self.refused("client", "set-password", "careful", stdin=text)
        self.refused("client", "set-password", "nobody", stdin="sesame")
        self.refused("client", "drop-password", "nobody")
        self.refused("client", "add", "twice", "--password-stdin", "--secret-stdin", stdin="x" * 20, code=2)
        self.assertEqual(before, self.daemon.ctl("client", "show", "careful"))

    def at_terminal(self, first, second):
        """(exit code, all that the terminal showed)"""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([str(SIGNETCTL), "--data-dir", str(self.daemon.data_dir), "client", "set-password",
                                    "typed"], stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown = b""
        for prompt, answer in ((b"Password: ", first), (b"Once more: ", second)):
            until = time.monotonic() + 20
            while prompt not in shown and time.monotonic() < until:
                if select.select([ours], [], [], 0.1)[0]:
                    shown += os.read(ours, 4096)
            self.assertIn(prompt, shown)
            os.write(ours, answer + b"\n")
        while True:
            try:
                some = os.read(ours, 4096)
            except OSError:
                break
            if not some:
                break
            shown += some
        os.close(ours)
        return process.wait(30), shown

    def test_is_asked_twice_at_a_terminal_and_not_shown(self):
        self.daemon.ctl("client", "add", "typed")
        code, shown = self.at_terminal(b"hidden-1", b"hidden-2")
        self.assertEqual(1, code, shown)
        self.assertIn(b"differ", shown)
        self.assertFalse(self.daemon.ctl("client", "show", "typed")["password"])
        code, shown = self.at_terminal(b"hidden-1", b"hidden-1")
        self.assertEqual(0, code, shown)
        self.assertNotIn(b"hidden", shown)
        self.assertTrue(self.daemon.ctl("client", "show", "typed")["password"])

    def test_an_import_brings_them_in_chunks(self):
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "people.jsonl"
            file.write_text("".join(json.dumps({"client_id": f"p{n}", "password": f"pässword {n}"}) + "\n"
                                    for n in range(150)))
            done = self.daemon.ctl("client", "import", file)
            self.assertEqual((150, 0), (done["added"], done["without_secret"]), done)
            self.assertTrue(self.daemon.ctl("client", "show", "p149")["password"])
            file.write_text(json.dumps({"client_id": "p0", "scopes": ["a"]}) + "\n")
            self.daemon.ctl("client", "import", file, "--on-conflict", "update")
            self.assertTrue(self.daemon.ctl("client", "show", "p0")["password"], "what is not mentioned stays")
            file.write_text('{"client_id":"q","password":""}\n')
            self.refused("client", "import", file)


if __name__ == "__main__":
    unittest.main()
