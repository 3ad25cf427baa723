"""What the operator reads when the daemon cannot start: a message that says what to do, exit 1, nothing changed."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import SIGNETD, Daemon, free_port  # noqa: E402


def fingerprint(directory):
    """Every file's content, but for what RocksDB itself writes when it is merely opened (its log and options)."""
    found = {}
    for path in sorted(Path(directory).rglob("*")):
        if path.is_file() and not path.name.startswith(("LOG", "OPTIONS", "LOCK")):
            found[str(path.relative_to(directory))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


class StartFailures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template = Path(tempfile.mkdtemp(prefix="signet-template-"))
        daemon = Daemon.start(data_dir=cls.template)
        daemon.ctl("client", "add", "kept")
        assert daemon.stop() == 0

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.template)

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-start-"))
        shutil.rmtree(self.dir)
        shutil.copytree(self.template, self.dir)

    def tearDown(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self, *arguments):
        done = subprocess.run([str(SIGNETD), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)
        return done.returncode, done.stderr

    def test_too_few_descriptors(self):
        """Else accept would fail under load, and the store could not open its next table."""
        before = fingerprint(self.dir)
        done = subprocess.run(["sh", "-c", 'ulimit -n 520; exec "$0" "$@"', str(SIGNETD), "--dev", "--data-dir",
                               str(self.dir), "--port", str(free_port()), "--workers", "1"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertEqual(1, done.returncode, done.stderr)
        self.assertIn("the limit of 520 file descriptors is too low", done.stderr)
        self.assertIn("LimitNOFILE", done.stderr)
        self.assertEqual(before, fingerprint(self.dir))

    def refuses(self, *wanted, unchanged=True):
        before = fingerprint(self.dir)
        code, text = self.start("--dev", "--data-dir", self.dir, "--port", free_port(), "--workers", 1)
        self.assertEqual(1, code, text)
        self.assertNotIn("\nready", text)
        for part in wanted:
            self.assertIn(part, text)
        if unchanged:
            self.assertEqual(before, fingerprint(self.dir))
        return text

    def test_starts_again_on_a_whole_directory(self):
        daemon = Daemon.start(data_dir=self.dir)
        self.assertEqual("kept", daemon.ctl("client", "show", "kept")["client_id"])
        self.assertEqual(0, daemon.stop())

    def test_port_taken(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            before = fingerprint(self.dir)
            code, text = self.start("--dev", "--data-dir", self.dir, "--port", port, "--workers", 1)
        self.assertEqual(1, code)
        self.assertIn(f"127.0.0.1:{port}", text)
        self.assertIn("in use", text)
        self.assertEqual(before, fingerprint(self.dir))

    def test_data_directory_in_use(self):
        daemon = Daemon.start(data_dir=self.dir)
        try:
            self.refuses("in use")
            self.assertEqual(200, daemon.token("demo", daemon.secret())[0], "the first one goes on")
        finally:
            daemon.stop()

    def test_missing_key_file(self):
        (self.dir / "vault.key").unlink()
        self.refuses("vault.key")
        self.assertFalse((self.dir / "vault.key").exists(), "never makes a new key for an old vault")

    def test_wrong_key_file(self):
        (self.dir / "vault.key").write_bytes(os.urandom(32))
        self.refuses("key")

    def test_key_file_readable_by_others(self):
        (self.dir / "vault.key").chmod(0o644)
        self.refuses("0600")

    def test_damaged_vault(self):
        path = self.dir / "vault"
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        self.refuses("vault")

    def test_vault_of_another_version(self):
        path = self.dir / "vault"
        content = bytearray(path.read_bytes())
        content[8:12] = (1).to_bytes(4, "little")
        content[-32:] = hashlib.sha256(content[:-32]).digest()
        path.write_bytes(content)
        self.refuses("vault", "this version")

    def test_store_behind_its_mark(self):
        old = Path(tempfile.mkdtemp(prefix="signet-old-")) / "data"
        shutil.copytree(self.dir, old)
        daemon = Daemon.start(data_dir=self.dir)
        for n in range(5):
            daemon.ctl("client", "add", f"later-{n}")
        self.assertEqual(0, daemon.stop())
        # An older copy of the store put back under a newer mark.
        shutil.rmtree(self.dir / "store")
        shutil.copytree(old / "store", self.dir / "store")
        shutil.rmtree(old.parent)
        self.refuses("mark")

    def test_missing_and_damaged_mark(self):
        mark = (self.dir / "mark").read_bytes()
        (self.dir / "mark").unlink()
        self.refuses("mark")
        (self.dir / "mark").write_bytes(b"\xff" * len(mark))
        self.refuses("mark")

    def test_store_of_another_vault(self):
        other = Daemon.start()
        other_dir = other.data_dir
        other.own_dir = False
        self.assertEqual(0, other.stop())
        for name in ("vault", "vault.key"):
            shutil.copy2(other_dir / name, self.dir / name)
        shutil.rmtree(other_dir)
        self.refuses("vault")

    def test_damaged_store(self):
        current = self.dir / "store" / "CURRENT"
        current.write_text("MANIFEST-999999\n")
        self.refuses("store")


class Configuration(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-config-"))

    def tearDown(self):
        shutil.rmtree(self.dir)

    def check(self, text, *arguments):
        path = self.dir / "signet.toml"
        path.write_text(text)
        done = subprocess.run([str(SIGNETD), "--config", str(path), "--check-config", *arguments],
                              capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout + done.stderr

    def good(self, extra=""):
        return f'data_dir = "{self.dir}/data"\nissuer = "https://issuer.example.com"\n{extra}'

    def test_accepts_a_good_file(self):
        code, text = self.check(self.good())
        self.assertEqual(0, code, text)
        self.assertFalse((self.dir / "data").exists(), "checking changes nothing")

    def test_names_file_line_key_and_what_was_expected(self):
        for extra, wanted in (
                ("worker = 2\n", ["signet.toml:3", "worker", "workers"]),
                ('workers = "two"\n', ["signet.toml:3", "workers", "integer"]),
                ("token_ttl_s = 0\n", ["signet.toml:3", "token_ttl_s"]),
                ("token_ttl_s = 90000\n", ["signet.toml:3", "token_ttl_s", "86400"]),
                ('listen = "127.0.0.1:8420"\n', ["signet.toml:3", "listen"]),
                ('listen = ["0.0.0.0:8420"]\n', ["listen", "behind-proxy"]),
                ('listen = ["nonsense"]\n', ["signet.toml:3", "listen", "expected"]),
                ('log_level = "loud"\n', ["log_level", "info"]),
                ("workers = \n", ["signet.toml:3"])):
            code, text = self.check(self.good(extra))
            self.assertEqual(1, code, extra)
            for part in wanted:
                self.assertIn(part, text, extra)

    def test_plaintext_off_loopback_needs_to_be_named(self):
        code, text = self.check(self.good('listen = ["0.0.0.0:8420"]\nplaintext = "behind-proxy"\n'))
        self.assertEqual(0, code, text)

    def test_wrong_usage_is_2(self):
        self.assertEqual(2, subprocess.run([str(SIGNETD), "--nonsense"], capture_output=True).returncode)
        self.assertEqual(2, subprocess.run([str(SIGNETD)], capture_output=True).returncode)


if __name__ == "__main__":
    unittest.main()
