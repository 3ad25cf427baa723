"""API keys by signetctl: made, taken over, listed, removed; the text shown once and kept nowhere."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402

GIVEN = "0123456789abcdef0123456789abcdef01234567"


class ApiKeys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.daemon.ctl("client", "add", "c", "--scope", "a b", "--audience", "urn:x")

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def refused(self, *arguments, stdin=""):
        code, out, error = self.daemon.ctl(*arguments, stdin=stdin, check=False)
        self.assertEqual((1, ""), (code, out), error)
        return error

    def listed(self, *arguments):
        return {key["id"]: key for key in self.daemon.ctl("api-key", "list", *arguments)["api_keys"]}

    def test_lives_from_add_to_remove(self):
        made = self.daemon.ctl("api-key", "add", "c", "--name", "ci", "--kind", "vcloud", "--scope", "a", "--subject",
                               "alice", "--expires", "2090-01-31T12:00:00Z")
        self.assertEqual(32, len(made["key"]))
        self.assertEqual(("vcloud", "ci", "c", "alice", "a", "live", "2090-01-31T12:00:00Z"),
                         tuple(made[n] for n in ("kind", "name", "client_id", "subject", "scope", "status",
                                                 "expires_at")))
        shown = self.listed("--client", "c")[made["id"]]
        self.assertEqual(shown, {name: value for name, value in made.items() if name != "key"})
        self.assertIn(made["id"], self.listed("--subject", "alice"))
        self.assertNotIn(made["id"], self.listed("--client", "demo"))
        self.assertEqual({"removed": made["id"]}, self.daemon.ctl("api-key", "remove", made["id"], "--yes"))
        self.assertNotIn(made["id"], self.listed())
        self.refused("api-key", "remove", made["id"], "--yes")

    def test_a_key_of_another_system_is_taken_over_once(self):
        made = self.daemon.ctl("api-key", "add", "c", "--key-stdin", stdin=GIVEN + "\n")
        self.assertNotIn("key", made)
        self.assertEqual(("api-key", "a b", None), (made["kind"], made["scope"], made["expires_at"]))
        self.refused("api-key", "add", "c", "--key-stdin", stdin=GIVEN)
        for text in ("", "short", "with blanks in it all", "x" * 129):
            self.refused("api-key", "add", "c", "--key-stdin", stdin=text)

    def test_what_makes_no_sense_is_refused(self):
        self.refused("api-key", "add", "nobody")
        self.refused("api-key", "add", "c", "--scope", "of.another")
        self.refused("api-key", "add", "c", "--expires", "2001-01-01T00:00:00Z")
        self.refused("api-key", "add", "c", "--tenant", "none")
        self.refused("api-key", "remove", "no-such-key", "--yes")
        self.daemon.ctl("client", "add", "off")
        self.daemon.ctl("client", "disable", "off")
        self.refused("api-key", "add", "off")

    def test_a_revocation_shows_and_a_removed_client_takes_them_along(self):
        self.daemon.ctl("client", "add", "ends")
        made = self.daemon.ctl("api-key", "add", "ends")
        self.daemon.ctl("token", "revoke", "--client", "ends")
        self.assertEqual("revoked", self.listed("--client", "ends")[made["id"]]["status"])
        self.daemon.ctl("client", "remove", "ends")
        self.assertEqual({}, self.listed("--client", "ends"))


class Secrecy(unittest.TestCase):
    def test_the_text_is_kept_nowhere(self):
        daemon = Daemon.start()
        self.addCleanup(daemon.stop)
        daemon.ctl("client", "add", "c")
        made = daemon.ctl("api-key", "add", "c")["key"]
        daemon.ctl("api-key", "add", "c", "--key-stdin", stdin=GIVEN)
        daemon.own_dir = False
        self.assertEqual(0, daemon.stop())
        places = {"log": daemon.stderr.encode()}
        for path in daemon.data_dir.rglob("*"):
            if path.is_file():
                places[path.name] = path.read_bytes()
        for place, content in places.items():
            self.assertNotIn(made.encode(), content, place)
            self.assertNotIn(GIVEN.encode(), content, place)


if __name__ == "__main__":
    unittest.main()
