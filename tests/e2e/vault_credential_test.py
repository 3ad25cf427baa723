"""A vault that is opened by what the service manager hands over; the test is the service manager."""

import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon, free_port, until  # noqa: E402

PASSPHRASE = "a passphrase of a credential 4711"


class Credential(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-credential-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.port = free_port()
        self.given = self.dir / "credentials"
        self.given.mkdir(mode=0o700)
        self.daemon = None

    def give(self, name, content, mode=0o400):
        path = self.given / name
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
        return path

    def configure(self, lines='vault_credential = "signet-root"\n'):
        (self.dir / "signet.toml").write_text(
            f'data_dir = "{self.dir}/data"\nissuer = "http://127.0.0.1:{self.port}"\nworkers = 1\n'
            f'listen = ["127.0.0.1:{self.port}"]\nconsole_listen = ["127.0.0.1:{self.port + 1}"]\n{lines}')

    def start(self, wait=True, environment=None):
        self.daemon = Daemon.start(
            data_dir=self.dir / "data", port=self.port, dev=False, arguments=["--config", self.dir / "signet.toml"],
            environment=environment or {"CREDENTIALS_DIRECTORY": str(self.given)}, wait=wait)
        self.addCleanup(self.daemon.kill)

    def stop(self):
        self.assertEqual(0, self.daemon.stop())

    def refused(self, *hints, environment=None):
        """It does not start, and says why."""
        self.start(wait=False, environment=environment)
        self.assertEqual(1, self.daemon.process.wait(timeout=60))
        self.daemon.ended.wait(10)
        for hint in hints:
            self.assertIn(hint, self.daemon.stderr)

    def refusal(self, *arguments):
        code, out, err = self.daemon.ctl(*arguments, check=False)
        self.assertEqual(1, code, (arguments, out, err))
        return err

    def slots(self):
        return [(slot["number"], slot["kind"]) for slot in self.daemon.ctl("vault", "status")["slots"]]

    def test_the_first_start_makes_a_vault_and_the_next_one_opens_it(self):
        key = os.urandom(32)
        self.give("signet-root", key)
        self.configure()
        self.start()
        self.assertEqual([(1, "key-file")], self.slots())
        self.assertFalse((self.dir / "data" / "vault.key").exists())
        made = self.daemon.ctl("client", "add", "svc")
        self.stop()
        self.start()
        self.assertEqual(200, self.daemon.token("svc", made["client_secret"])[0])
        self.stop()
        # The same octets from elsewhere open the same slot.
        (self.dir / "copy.key").write_bytes(key)
        (self.dir / "copy.key").chmod(0o600)
        self.configure(f'key_file = "{self.dir}/copy.key"\n')
        self.start(environment={"CREDENTIALS_DIRECTORY": ""})
        self.assertEqual(200, self.daemon.token("svc", made["client_secret"])[0])
        self.stop()
        for file in (self.dir / "data").rglob("*"):
            if file.is_file():
                self.assertNotIn(key, file.read_bytes(), file)

    def test_it_is_added_checked_listed_and_removed_like_any_slot(self):
        self.configure("")
        self.give("signet-root", os.urandom(32))
        self.give("words", PASSPHRASE.encode() + b"\n")
        self.give("other", os.urandom(32))
        self.start()
        for name, number in (("signet-root", 2), ("passphrase:words", 3)):
            self.assertEqual(number, self.daemon.ctl("vault", "slot-add", "--credential", name)["number"])
            self.assertEqual(number, self.daemon.ctl("vault", "check", "--credential", name)["number"])
        self.assertEqual([(1, "key-file"), (2, "key-file"), (3, "passphrase")], self.slots())
        self.assertEqual(3, self.daemon.ctl("vault", "check", "--passphrase", stdin=PASSPHRASE)["number"])
        self.assertIn("does not open", self.refusal("vault", "check", "--credential", "other"))
        self.daemon.ctl("vault", "slot-remove", "2", "--yes")
        self.assertIn("does not open", self.refusal("vault", "check", "--credential", "signet-root"))
        for name, hint in (("none", "no such credential"), ("../signet-root", "A-Za-z0-9._-"), ("", "A-Za-z0-9._-"),
                           ("passphrase:../words", "A-Za-z0-9._-"), (str(self.given / "other"), "A-Za-z0-9._-"),
                           ("words", "32 octets")):
            for command in ("slot-add", "check"):
                self.assertIn(hint, self.refusal("vault", command, "--credential", name), name)
        self.assertEqual([(1, "key-file"), (3, "passphrase")], self.slots())
        self.assertNotIn(PASSPHRASE, self.daemon.stderr)
        code, _, _ = self.daemon.ctl("vault", "check", "--credential", "a", "--passphrase", check=False)
        self.assertEqual(2, code)

    def test_a_passphrase_opens_it_at_the_start(self):
        self.give("words", PASSPHRASE.encode())
        self.configure('vault_credential = "passphrase:words"\n')
        self.start()
        self.assertEqual([(1, "passphrase")], self.slots())
        self.stop()
        self.start()
        self.stop()
        self.give("words", PASSPHRASE.encode() + b"!")
        self.refused("passphrase opens no slot", "words")

    def test_what_is_not_as_it_should_be_is_said_and_nothing_is_made(self):
        self.configure()
        elsewhere = self.dir / "elsewhere"
        elsewhere.write_bytes(os.urandom(32))
        elsewhere.chmod(0o400)
        self.refused("no such credential", "signet-root")
        for environment in ({"CREDENTIALS_DIRECTORY": ""}, {"CREDENTIALS_DIRECTORY": "relative"},
                            {"CREDENTIALS_DIRECTORY": str(self.dir / "none")}):
            self.refused("$CREDENTIALS_DIRECTORY names no directory", environment=environment)
        for content in (b"", os.urandom(31), os.urandom(33), os.urandom(100_000)):
            self.give("signet-root", content)
            self.refused("32 octets", "signet-root")
        for mode in (0o604, 0o420, 0o444):
            self.give("signet-root", os.urandom(32), mode)
            self.refused("closed to others")
        (self.given / "signet-root").unlink()
        (self.given / "signet-root").symlink_to(elsewhere)
        self.refused("regular file")
        self.assertFalse((self.dir / "data" / "vault").exists())
        self.assertFalse((self.dir / "data" / "store").exists())
        for name in ("../elsewhere", "a/b", ".", "", "key-file:a"):
            self.configure(f'vault_credential = "{name}"\n')
            self.refused("vault_credential", "a credential's name")
        self.configure(f'vault_credential = "signet-root"\nkey_file = "{elsewhere}"\n')
        self.refused("in place of key_file")

    def test_another_credential_does_not_open_it(self):
        self.give("signet-root", os.urandom(32))
        self.configure()
        self.start()
        self.stop()
        self.give("signet-root", os.urandom(32))
        self.refused("does not open this vault", "signet-root")

    def test_without_it_the_daemon_starts_sealed_when_people_can_open_it(self):
        key = os.urandom(32)
        self.give("signet-root", key)
        self.configure()
        self.start()
        self.daemon.ctl("vault", "slot-add", "--passphrase", stdin=PASSPHRASE)
        self.stop()
        (self.given / "signet-root").unlink()
        self.start(wait=False)
        self.assertTrue(until(lambda: "sealed" in self.daemon.stderr, 60), self.daemon.stderr)
        self.assertTrue(until(lambda: self.daemon.ctl("vault", "status", check=False)[0] == 0))
        self.assertIn("no such credential", self.refusal("vault", "unseal", "--credential", "signet-root"))
        self.give("signet-root", key)
        self.assertEqual("unsealed", self.daemon.ctl("vault", "unseal", "--credential", "signet-root")["state"])
        self.assertTrue(self.daemon.wait_ready())


if __name__ == "__main__":
    unittest.main()
