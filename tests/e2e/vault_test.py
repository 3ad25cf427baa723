"""The vault as an operator meets it: slots of every kind, sealed and unsealed, a new root key, and a process that was
killed in the middle of each."""

import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon, until  # noqa: E402

PASSPHRASE = "marker passphrase of the vault 4711"
AUDIENCE = "https://api.example.com/orders"
KILLS = int(os.environ.get("SIGNET_VAULT_KILLS", "12"))


def status_of(port, path, method="GET", body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method, data=body)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def memory_holds(pid, *needles):
    """Which of them are in the readable memory of a process."""
    found = set()
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            begin, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            if rights[0] != "r":
                continue
            try:
                memory.seek(int(begin, 16))
                content = memory.read(int(end, 16) - int(begin, 16))
            except (OSError, ValueError, OverflowError):
                continue
            found |= {needle for needle in needles if needle in content}
    return found


class VaultBase(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-vault-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.data = self.dir / "data"
        self.key_file = self.data / "vault.key"
        self.start()

    def start(self, *arguments, wait=True):
        self.daemon = Daemon.start(data_dir=self.data, arguments=arguments, wait=wait)
        self.addCleanup(self.daemon.kill)
        if not wait:
            self.assertTrue(until(lambda: self.state() is not None), self.daemon.stderr)

    def ctl(self, *arguments, **more):
        return self.daemon.ctl(*arguments, **more)

    def refusal(self, *arguments, stdin=""):
        code, out, err = self.ctl(*arguments, stdin=stdin, check=False)
        self.assertEqual(1, code, (out, err))
        return err

    def state(self):
        code, out, err = self.ctl("vault", "status", check=False)
        return json.loads(out)["state"] if code == 0 else None

    def token(self):
        status, answer = self.daemon.token("demo", self.daemon.secret())
        return answer["access_token"] if status == 200 else None

    def unsealed(self):
        return until(lambda: self.state() == "unsealed" and self.token() is not None)

    def hide_key_file(self):
        self.key_file.rename(self.dir / "hidden.key")

    def slots(self):
        return [(slot["number"], slot["kind"]) for slot in self.ctl("vault", "status")["slots"]]


class Slots(VaultBase):
    def test_each_slot_is_added_checked_and_removed_by_itself(self):
        self.assertEqual([(1, "key-file")], self.slots())
        self.assertEqual(2, self.ctl("vault", "slot-add", "--passphrase", stdin=PASSPHRASE + "\n")["number"])
        shares = self.ctl("vault", "slot-add", "--shares", "2/3")
        self.assertEqual((3, 3), (shares["number"], len(shares["shares"])))
        other = self.dir / "other.key"
        self.assertEqual(4, self.ctl("vault", "slot-add", "--key-file", other)["number"])
        self.assertEqual((32, 0o600), (other.stat().st_size, other.stat().st_mode & 0o777))
        self.assertEqual(1, self.ctl("vault", "check", "--key-file", self.key_file)["number"])
        self.assertEqual(2, self.ctl("vault", "check", "--passphrase", stdin=PASSPHRASE)["number"])
        self.assertEqual(3, self.ctl("vault", "check", "--share", stdin="\n".join(shares["shares"][1:]))["number"])
        self.assertEqual(4, self.ctl("vault", "check", "--key-file", other)["number"])
        self.ctl("vault", "slot-remove", "2", "--yes")
        self.assertIn("opens no slot", self.refusal("vault", "check", "--passphrase", stdin=PASSPHRASE))
        self.assertEqual([1, 3, 4], [number for number, _ in self.slots()])
        for number in (3, 4):
            self.ctl("vault", "slot-remove", str(number), "--yes")
        self.assertIn("the last slot", self.refusal("vault", "slot-remove", "1", "--yes"))
        self.assertIn("no slot of that number", self.refusal("vault", "slot-remove", "4", "--yes"))
        tail = self.ctl("audit", "tail", "--what", "vault.", check=False)[1]
        what = [json.loads(line)["what"] for line in tail.splitlines()]
        self.assertEqual(["vault.slot-add"] * 3 + ["vault.slot-remove"] * 3 +
                         ["vault.slot-remove", "vault.slot-remove-failed"] * 2, what)

    def test_what_opens_nothing_is_refused_with_its_reason(self):
        first = self.ctl("vault", "slot-add", "--shares", "2/3")["shares"]
        second = self.ctl("vault", "slot-add", "--shares", "2/3")["shares"]
        for shares, reason in (([first[0]], "too few"), ([first[0], second[1]], "do not belong together"),
                               ([first[0], first[0]], "given twice"), ([first[0][:-1] + "!", first[1]], "no share")):
            self.assertIn(reason, self.refusal("vault", "check", "--share", stdin="\n".join(shares)))
        self.assertIn("12 to 1024", self.refusal("vault", "slot-add", "--passphrase", stdin="short"))
        self.assertIn("at least 2", self.refusal("vault", "slot-add", "--shares", "1/3"))
        self.assertIn("at least 2", self.refusal("vault", "slot-add", "--shares", "4/3"))
        for arguments in ((), ("--passphrase", "--shares", "2/3"), ("--shares", "two"), ("--shares-out", "x")):
            self.assertEqual(2, self.ctl("vault", "slot-add", *arguments, check=False)[0], arguments)

    def test_shares_go_to_files_of_their_own(self):
        out = self.dir / "share"
        self.ctl("vault", "slot-add", "--shares", "2/3", "--shares-out", out)
        files = [self.dir / f"share.{i}" for i in (1, 2, 3)]
        self.assertEqual([0o600] * 3, [file.stat().st_mode & 0o777 for file in files])
        text = files[0].read_text() + files[2].read_text()
        self.assertEqual(2, self.ctl("vault", "check", "--share", stdin=text)["number"])
        self.assertIn("share.1", self.refusal("vault", "slot-add", "--shares", "2/3", "--shares-out", out))
        self.assertEqual([1, 2], [number for number, _ in self.slots()], "a slot whose shares nobody has")

    def test_no_secret_reaches_a_file(self):
        self.ctl("vault", "slot-add", "--passphrase", stdin=PASSPHRASE)
        share = self.ctl("vault", "slot-add", "--shares", "2/2")["shares"][0]
        self.assertEqual(0, self.daemon.stop())
        for file in self.data.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                self.assertNotIn(PASSPHRASE.encode(), content, file)
                self.assertNotIn(share[15:].encode(), content, file)
        self.assertNotIn(PASSPHRASE, self.daemon.stderr)


class Sealed(VaultBase):
    def start_without_key_file(self):
        self.assertEqual(0, self.daemon.stop())
        self.hide_key_file()
        self.start(wait=False)
        self.assertEqual("sealed", self.state())

    def check_that_nothing_is_served(self):
        port = self.daemon.port
        self.assertEqual(200, status_of(port, "/healthz")[0])
        for path in ("/readyz", "/.well-known/jwks.json", "/oauth2/revocations", "/verify?audience=x",
                     "/vqr/api/token"):
            code, headers, body = status_of(port, path)
            self.assertEqual((503, "5"), (code, headers.get("Retry-After")), path)
            self.assertEqual("temporarily_unavailable", json.loads(body)["error"])
        self.assertEqual(503, status_of(port, "/oauth2/token", "POST", b"grant_type=client_credentials")[0])
        for arguments in (("client", "list"), ("key", "list"), ("status",), ("audit", "tail"), ("vault", "rekey"),
                          ("vault", "slot-add", "--key-file", "/x"), ("vault", "slot-remove", "1", "--yes")):
            self.assertIn("sealed", self.refusal(*arguments))

    def test_a_passphrase_opens_a_vault_whose_key_file_is_elsewhere(self):
        self.ctl("vault", "slot-add", "--passphrase", stdin=PASSPHRASE)
        self.start_without_key_file()
        self.check_that_nothing_is_served()
        self.assertIn("opens no slot", self.refusal("vault", "unseal", "--passphrase", stdin="another passphrase"))
        self.assertEqual("sealed", self.state())
        self.ctl("vault", "unseal", "--passphrase", stdin=PASSPHRASE)
        self.assertTrue(self.unsealed(), self.daemon.stderr)
        record = json.loads(self.ctl("audit", "tail", "--what", "vault.unseal", check=False)[1])
        self.assertEqual(os.getuid(), record["uid"])
        self.assertEqual(0, self.daemon.stop())

    def test_shares_open_it_one_by_one(self):
        shares = self.ctl("vault", "slot-add", "--shares", "3/5")["shares"]
        self.start_without_key_file()
        self.assertEqual(1, self.ctl("vault", "unseal", "--share", stdin=shares[4])["shares_given"])
        self.assertIn("given twice", self.refusal("vault", "unseal", "--share", stdin=shares[4]))
        self.assertIn("no share", self.refusal("vault", "unseal", "--share", stdin="signet-share-1-x"))
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertEqual(2, self.ctl("vault", "unseal", "--share", stdin=shares[1])["shares_given"])
        self.assertEqual("sealed", self.state())
        self.assertEqual("unsealed", self.ctl("vault", "unseal", "--share", stdin=shares[0])["state"])
        self.assertTrue(self.unsealed(), self.daemon.stderr)

    def test_without_any_other_slot_a_missing_key_file_is_said(self):
        self.assertEqual(0, self.daemon.stop())
        self.hide_key_file()
        daemon = Daemon.start(data_dir=self.data, wait=False)
        daemon.process.wait(timeout=20)
        self.assertEqual(1, daemon.process.returncode)

    def test_a_sealed_daemon_ends_on_sigterm(self):
        self.assertEqual(0, self.daemon.stop())
        self.start("--sealed", wait=False)
        self.assertEqual(0, self.daemon.stop())

    def test_a_new_vault_is_made_with_what_the_operator_has(self):
        self.assertEqual(0, self.daemon.stop())
        shutil.rmtree(self.data)
        self.start("--sealed", wait=False)
        self.assertEqual("absent", self.state())
        self.assertIn("no vault", self.refusal("vault", "unseal", "--passphrase", stdin=PASSPHRASE))
        self.ctl("vault", "init", "--passphrase", stdin=PASSPHRASE)
        self.assertTrue(self.unsealed(), self.daemon.stderr)
        self.assertEqual([(1, "passphrase")], self.slots())
        self.assertFalse(self.key_file.exists())

    @unittest.skipIf(os.environ.get("SIGNET_SANITIZERS", "none") != "none",
                     "sanitizers keep what was freed, and their shadow is larger than can be read")
    def test_seal_forgets_every_key(self):
        key = self.ctl("key", "add", "--alg", "HS256", "--audience", AUDIENCE)["kid"]
        secret = self.secret_of(key)
        root_key_file = self.key_file.read_bytes()
        pid = self.daemon.process.pid
        self.assertIn(secret, memory_holds(pid, secret), "the control: an open vault has it in memory")
        self.ctl("vault", "seal", "--yes")
        self.assertTrue(until(lambda: self.state() == "sealed"), self.daemon.stderr)
        self.assertEqual(pid, self.daemon.process.pid)
        self.assertIsNone(self.daemon.process.poll())
        self.assertEqual(set(), memory_holds(pid, secret, root_key_file, self.daemon.secret().encode()))
        self.check_that_nothing_is_served()
        self.assertIn("no slot", self.refusal("vault", "unseal", "--passphrase", stdin="another passphrase"))
        self.ctl("vault", "unseal", "--key-file", self.key_file)
        self.assertTrue(self.unsealed(), self.daemon.stderr)
        self.assertEqual(secret, self.secret_of(key))

    def test_the_next_command_finds_the_daemon_in_its_new_state(self):
        for _ in range(5):
            self.ctl("vault", "seal", "--yes")
            self.assertEqual("sealed", self.state())
            self.ctl("vault", "unseal", "--key-file", self.key_file)
            self.assertEqual("unsealed", self.state())
            self.ctl("token", "issue", "--client", "demo")

    def secret_of(self, kid):
        import base64
        text = self.ctl("key", "export-secret", kid)["k"]
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Rekey(VaultBase):
    def test_a_new_root_key_under_load_refuses_nobody(self):
        self.ctl("vault", "slot-add", "--passphrase", stdin=PASSPHRASE)
        refused, over = [], threading.Event()

        def ask():
            while not over.is_set():
                if self.token() is None:
                    refused.append(time.time())
        asking = [threading.Thread(target=ask, daemon=True) for _ in range(2)]
        for thread in asking:
            thread.start()
        for generation in (2, 3, 4):
            answer = self.ctl("vault", "rekey")
            self.assertEqual(generation, answer["generation"])
            self.assertGreater(answer["cells"], 4)
        over.set()
        for thread in asking:
            thread.join(timeout=20)
        self.assertEqual([], refused)
        self.assertEqual(2, self.ctl("vault", "check", "--passphrase", stdin=PASSPHRASE)["number"])
        self.assertEqual(0, self.daemon.stop())
        self.start()
        self.assertIsNotNone(self.token())

    def test_an_older_vault_file_put_back_is_refused(self):
        before = (self.data / "vault").read_bytes()
        self.ctl("vault", "rekey")
        self.assertEqual(0, self.daemon.stop())
        after = (self.data / "vault").read_bytes()
        (self.data / "vault").write_bytes(before)
        daemon = Daemon.start(data_dir=self.data, wait=False)
        daemon.process.wait(timeout=20)
        self.assertEqual(1, daemon.process.returncode)
        (self.data / "vault").write_bytes(after)
        self.start()
        self.assertIsNotNone(self.token())

    def test_killed_at_any_moment_the_same_slots_open_it(self):
        """kill -9 during changes of slots and of the root key. SIGNET_VAULT_KILLS=200 is the long form."""
        self.ctl("vault", "slot-add", "--passphrase", stdin=PASSPHRASE)
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        for cycle in range(KILLS):
            wait_s = chance.uniform(0, 0.03)
            commands = [("vault", "rekey"), ("vault", "slot-add", "--key-file", self.dir / f"extra{cycle}.key"),
                        ("vault", "rekey")]
            running = threading.Thread(target=lambda: [self.ctl(*command, check=False) for command in commands],
                                       daemon=True)
            running.start()
            time.sleep(wait_s)
            self.daemon.kill()
            running.join(timeout=30)
            self.start()
            vault = self.ctl("vault", "status")
            self.assertFalse(vault["rekeying"], f"seed {seed}, cycle {cycle}")
            self.assertIsNotNone(self.token(), f"seed {seed}, cycle {cycle}")
            self.assertEqual(1, self.ctl("vault", "check", "--key-file", self.key_file)["number"])
            for number, kind in self.slots()[2:]:
                self.ctl("vault", "slot-remove", str(number), "--yes")
        self.assertEqual(2, self.ctl("vault", "check", "--passphrase", stdin=PASSPHRASE)["number"])
        code, out, err = self.ctl("audit", "verify", check=False)
        self.assertEqual(0, code, err)


if __name__ == "__main__":
    unittest.main()
