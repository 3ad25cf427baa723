"""Backups as an operator meets them: made under load, increments, verified, restored, and what a restore must not
revive; what was altered, belongs to another vault or was put back under a newer second mark is refused."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import SIGNETCTL, Daemon, free_port, until  # noqa: E402

PASSPHRASE = "marker passphrase of a backup 0815"
KILLS = int(os.environ.get("SIGNET_BACKUP_KILLS", "6"))


class BackupBase(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-backup-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.data = self.dir / "data"
        self.backups = self.dir / "backups"
        self.anchor = self.dir / "anchor"
        self.config = self.dir / "signetd.toml"
        self.port = free_port()
        self.key_file = self.dir / "vault.key"

    def start(self, data=None, anchor=False, wait=True):
        data = data or self.data
        self.config.write_text(
            f'data_dir = "{data}"\nkey_file = "{self.key_file}"\nissuer = "http://127.0.0.1:{self.port}"\nworkers = 1\n'
            f'listen = ["127.0.0.1:{self.port}"]\nconsole_listen = ["127.0.0.1:{self.port + 1}"]\n'
            + (f'rollback_anchor = "{self.anchor}"\n' if anchor else ""))
        self.daemon = Daemon.start(data_dir=data, port=self.port, dev=False, arguments=["--config", self.config],
                                   wait=wait)
        self.addCleanup(self.daemon.kill)
        return self.daemon

    def ctl(self, *arguments, **more):
        return self.daemon.ctl(*arguments, **more)

    def offline(self, *arguments, stdin=""):
        done = subprocess.run([str(SIGNETCTL), "--json", *map(str, arguments)], input=stdin, capture_output=True,
                              text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def offline_ok(self, *arguments, **more):
        code, out, err = self.offline(*arguments, **more)
        self.assertEqual(0, code, err)
        return [json.loads(line) for line in out.splitlines()]

    def refused(self, expected, *arguments, **more):
        code, out, err = self.offline(*arguments, **more)
        self.assertEqual(1, code, (out, err))
        self.assertEqual("", out)
        self.assertIn(expected, err)
        return err

    def restore(self, *arguments, to=None):
        return self.offline_ok("--data-dir", to or self.data, "backup", "restore", self.backups, "--key-file",
                               self.key_file, *arguments)[0]

    def prepare(self):
        """A daemon with a client, a key, a family and an API token; whoever checks is a client of its own."""
        self.start()
        self.ctl("key", "add", "--alg", "EdDSA")
        made = self.ctl("client", "add", "orders", "--audience", "https://orders.example", "--grant",
                        "client_credentials", "--grant", "refresh_token", "--scope", "read")
        self.secret = made["client_secret"]
        self.checker = self.ctl("client", "add", "checker", "--introspect", "*")["client_secret"]
        self.ctl("api-key", "add", "orders", "--name", "ci")
        self.issued = self.ctl("token", "issue", "--client", "orders", "--refresh")

    def post(self, path, client, secret, **form):
        import base64
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=urllib.parse.urlencode(form).encode(),
            headers={"Authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def active(self, token):
        status, body = self.post("/oauth2/introspect", "checker", self.checker, token=token)
        self.assertEqual(200, status, body)
        return body["active"]

    def refresh(self, token):
        return self.post("/oauth2/token", "orders", self.secret, grant_type="refresh_token", refresh_token=token)

    def api_key_status(self):
        return [key["status"] for key in self.ctl("api-key", "list", "--client", "orders")["api_keys"]]


class Making(BackupBase):
    def test_is_made_while_tokens_are_issued_and_none_is_refused(self):
        self.prepare()
        answers, over = [], threading.Event()

        def ask():
            while not over.is_set():
                answers.append(self.daemon.token("orders", self.secret)[0])

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            made = [self.ctl("backup", "create", self.backups) for _ in range(3)]
        finally:
            over.set()
            asking.join()
        self.assertEqual([1, 2, 3], [one["number"] for one in made])
        self.assertGreater(len(answers), 20)
        self.assertEqual({200}, set(answers))
        self.assertEqual([1, 2, 3], [one["number"] for one in self.offline_ok("backup", "list", self.backups)])
        for number in (1, 2, 3):
            self.offline_ok("backup", "verify", self.backups, "--backup", number, "--key-file", self.key_file)

    def test_a_further_one_copies_what_changed_and_old_ones_go(self):
        self.prepare()
        self.ctl("client", "import", self.lines_of(5000), check=False)
        self.ctl("backup", "create", self.backups)
        size = self.size_of(self.backups)
        self.ctl("client", "add", "late")
        self.ctl("backup", "create", self.backups)
        self.assertLess(self.size_of(self.backups) - size, size / 2)
        self.ctl("backup", "create", self.backups, "--keep", 1)
        self.assertEqual([3], [one["number"] for one in self.offline_ok("backup", "list", self.backups)])
        self.offline_ok("backup", "verify", self.backups, "--key-file", self.key_file)
        self.refused("there is no backup 1", "backup", "verify", self.backups, "--backup", 1)

    def lines_of(self, count):
        path = self.dir / "clients.jsonl"
        path.write_text("".join(json.dumps({"client_id": f"c{n}", "client_secret": f"{n:048d}"}) + "\n"
                                for n in range(count)))
        return path

    @staticmethod
    def size_of(directory):
        return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())

    def test_nothing_of_it_is_for_others_to_read_and_no_secret_is_in_it(self):
        self.prepare()
        self.ctl("backup", "create", self.backups)
        for path in [self.backups, *self.backups.iterdir()]:
            self.assertEqual(0o700, path.stat().st_mode & 0o777, path)
        key = self.key_file.read_bytes()
        for file in self.backups.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                self.assertNotIn(key, content, file)
                self.assertNotIn(self.secret.encode(), content, file)

    def test_where_it_makes_no_sense_it_is_refused(self):
        self.prepare()
        foreign = self.dir / "foreign"
        foreign.mkdir()
        (foreign / "photo").write_text("x")
        for place, why in ((self.data / "backups", "in the data directory"), (foreign, "not empty"),
                           (self.dir / "no" / "where", "its parent must exist"), (self.config, "no directory")):
            code, _, err = self.ctl("backup", "create", place, check=False)
            self.assertEqual(1, code, place)
            self.assertIn(why, err)
        self.assertEqual(["photo"], [path.name for path in foreign.iterdir()])
        self.assertEqual(2, self.ctl("backup", "create", self.backups, "--keep", "0", check=False)[0])
        self.refused("there is no backup in it", "backup", "list", foreign)

    def test_a_directory_of_another_vault_is_refused(self):
        self.prepare()
        self.ctl("backup", "create", self.backups)
        self.daemon.stop()
        self.key_file.rename(self.dir / "first.key")
        self.start(data=self.dir / "other")
        code, _, err = self.ctl("backup", "create", self.backups, check=False)
        self.assertEqual(1, code)
        self.assertIn("another vault", err)
        self.assertEqual([1], [one["number"] for one in self.offline_ok("backup", "list", self.backups)])

    def test_what_was_cut_off_is_no_backup_and_gone_with_the_next(self):
        self.prepare()
        self.ctl("backup", "create", self.backups)
        for kill in range(KILLS):
            asking = subprocess.Popen([str(SIGNETCTL), "--data-dir", str(self.data), "backup", "create",
                                       str(self.backups)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            time.sleep(random.uniform(0, 0.12))
            self.daemon.kill(signal.SIGKILL)
            asking.wait(30)
            self.start()
            listed = [one["number"] for one in self.offline_ok("backup", "list", self.backups)]
            for number in listed:
                self.offline_ok("backup", "verify", self.backups, "--backup", number, "--key-file", self.key_file)
            self.ctl("audit", "verify")
        self.ctl("backup", "create", self.backups)
        left = {int(path.name) for path in (self.backups / "meta").iterdir() if path.name.isdigit()}
        listed = {one["number"] for one in self.offline_ok("backup", "list", self.backups)}
        self.assertEqual(listed, left)

    def test_it_is_on_record(self):
        self.prepare()
        self.ctl("backup", "create", self.backups)
        log = self.ctl("audit", "tail", "--what", "backup.", check=False)[1]
        records = [json.loads(line) for line in log.splitlines()]
        self.assertEqual(["backup.create", "backup.done"], [record["what"] for record in records])
        self.assertEqual(str(self.backups), records[0]["after"]["directory"])
        self.assertEqual(1, records[1]["after"]["number"])


class Restoring(BackupBase):
    def test_the_drill_a_revoked_token_stays_revoked(self):
        self.prepare()
        token, refresh_token = self.issued["access_token"], self.issued["refresh_token"]
        self.assertTrue(self.active(token))
        self.ctl("backup", "create", self.backups)
        self.ctl("token", "revoke", "--token-stdin", stdin=token)
        later = self.daemon.token("orders", self.secret)[1]["access_token"]
        self.assertEqual(0, self.daemon.stop())
        self.data.rename(self.dir / "lost")
        restored = self.restore()
        self.assertEqual(1, restored["number"])
        self.assertEqual(1, len(restored["signing_keys"]))
        self.start()
        self.assertFalse(self.active(token))
        self.assertFalse(self.active(later), "it was issued after the backup, and before the restore")
        status, body = self.refresh(refresh_token)
        self.assertEqual((400, "invalid_grant"), (status, body["error"]))
        self.assertEqual(["suspended"], self.api_key_status())
        self.assertTrue(self.ctl("status")["api_tokens_suspended"])
        fresh = self.daemon.token("orders", self.secret)[1]["access_token"]
        self.assertTrue(until(lambda: self.active(fresh)))
        self.assertEqual({"accepted": True}, self.ctl("backup", "accept", "--yes"))
        self.assertEqual({"accepted": False}, self.ctl("backup", "accept", "--yes"))
        self.assertEqual(["live"], self.api_key_status())
        self.ctl("audit", "verify")
        what = [json.loads(line)["what"]
                for line in self.ctl("audit", "tail", "--what", "backup.", check=False)[1].splitlines()]
        self.assertEqual(["backup.create", "backup.restore", "backup.accept"], what)

    def test_the_overrides_revive_what_their_names_say(self):
        self.prepare()
        token, refresh_token = self.issued["access_token"], self.issued["refresh_token"]
        self.ctl("backup", "create", self.backups)
        self.ctl("token", "revoke", "--token-stdin", stdin=token)
        self.assertEqual(0, self.daemon.stop())
        for options, token_lives, family_lives in ((("--revive-tokens",), True, False),
                                                   (("--revive-families",), False, True),
                                                   (("--revive-tokens", "--revive-families"), True, True)):
            with self.subTest(options=options):
                data = self.dir / ("with" + "".join(options))
                self.restore(*options, "--yes", to=data)
                self.start(data=data)
                self.assertEqual(token_lives, self.active(token))
                self.assertEqual(200 if family_lives else 400, self.refresh(refresh_token)[0])
                self.assertEqual(["live" if family_lives else "suspended"], self.api_key_status())
                self.assertEqual(0, self.daemon.stop())

    def test_opens_with_a_passphrase_or_shares_too(self):
        self.prepare()
        self.ctl("vault", "slot-add", "--passphrase", stdin=PASSPHRASE)
        shares = self.ctl("vault", "slot-add", "--shares", "2/3")["shares"]
        self.ctl("backup", "create", self.backups)
        self.offline_ok("--data-dir", self.dir / "one", "backup", "restore", self.backups, "--passphrase",
                        stdin=PASSPHRASE)
        self.offline_ok("--data-dir", self.dir / "two", "backup", "restore", self.backups, "--share",
                        stdin="\n".join(shares[:2]))
        for secret, stdin, why in (("--passphrase", "not the passphrase at all", "opens no slot"),
                                   ("--share", shares[0], "too few"), ("--share", "nonsense", "no share")):
            target = self.dir / "three"
            self.refused(why, "--data-dir", target, "backup", "restore", self.backups, secret, stdin=stdin)
            self.assertFalse(target.exists())
            self.assertFalse(Path(str(target) + ".restoring").exists())

    def test_a_restore_never_replaces_anything(self):
        self.prepare()
        self.ctl("backup", "create", self.backups)
        before = sorted(path.name for path in self.data.iterdir())
        self.refused("is not empty", "--data-dir", self.data, "backup", "restore", self.backups, "--key-file",
                     self.key_file)
        self.assertEqual(before, sorted(path.name for path in self.data.iterdir()))
        self.assertEqual(2, self.offline("backup", "restore", self.backups, "--key-file", self.key_file)[0])
        self.assertEqual(2, self.offline("--data-dir", self.dir / "x", "backup", "restore", self.backups)[0])

    def test_after_a_new_root_key_the_older_backup_opens_with_what_opened_it_then(self):
        self.prepare()
        self.ctl("backup", "create", self.backups)
        self.ctl("vault", "rekey")
        self.ctl("backup", "create", self.backups)
        for number in (1, 2):
            self.restore("--backup", number, to=self.dir / f"data{number}")

    def test_what_was_altered_is_named_and_not_restored(self):
        self.prepare()
        self.ctl("backup", "create", self.backups)
        kept = self.dir / "kept"
        shutil.copytree(self.backups, kept)
        files = [path for path in sorted(self.backups.rglob("*"))
                 if path.is_file() and path.stat().st_size > 0 and path.parent.name != "signet"]
        self.assertGreater(len(files), 4)
        for file in files:
            name = str(file.relative_to(self.backups))
            with self.subTest(file=name):
                content = bytearray(file.read_bytes())
                content[len(content) // 2] ^= 1
                file.write_bytes(content)
                code, _, err = self.offline("backup", "verify", self.backups)
                self.assertEqual(1, code, name)
                target = self.dir / "altered"
                self.assertEqual(1, self.offline("--data-dir", target, "backup", "restore", self.backups, "--key-file",
                                                 self.key_file)[0])
                self.assertFalse(target.exists())
                file.unlink()
                self.assertEqual(1, self.offline("backup", "verify", self.backups)[0])
                shutil.rmtree(self.backups)
                shutil.copytree(kept, self.backups)

    def test_a_manifest_that_the_vault_did_not_seal_is_refused(self):
        self.prepare()
        self.ctl("backup", "create", self.backups)
        self.ctl("backup", "create", self.backups)
        manifest = self.backups / "signet" / "2"
        content, seal = manifest.read_text().splitlines()
        first_seal = (self.backups / "signet" / "1").read_text().splitlines()[1]
        changed = json.loads(content)
        changed["created_at"] += 1
        for text in (json.dumps(changed) + "\n" + seal, content + "\n" + first_seal,
                     content + "\n" + seal[:-4] + "AAAA", content + "\n",
                     content.replace('"name":"', '"name":"../', 1) + "\n" + seal):
            manifest.write_text(text + "\n")
            code, _, err = self.offline("backup", "verify", self.backups, "--backup", 2, "--key-file", self.key_file)
            self.assertEqual(1, code, text[:80])
            self.assertEqual(1, self.offline("--data-dir", self.dir / "x", "backup", "restore", self.backups,
                                             "--key-file", self.key_file)[0])
        # That of another backup under this number.
        manifest.write_text((self.backups / "signet" / "1").read_text())
        self.refused("belongs to another backup", "backup", "verify", self.backups, "--backup", 2)

    def test_the_wrong_key_file_opens_nothing(self):
        self.prepare()
        self.ctl("backup", "create", self.backups)
        other = self.dir / "other.key"
        other.write_bytes(os.urandom(32))
        other.chmod(0o600)
        self.refused("does not open this vault", "--data-dir", self.dir / "x", "backup", "restore", self.backups,
                     "--key-file", other)
        self.assertFalse((self.dir / "x").exists())
        self.refused("does not open this vault", "backup", "verify", self.backups, "--key-file", other)


class SecondMark(BackupBase):
    def test_a_whole_older_directory_is_refused_and_a_restore_is_the_way_out(self):
        self.start(anchor=True)
        self.ctl("client", "add", "before")
        self.ctl("backup", "create", self.backups)
        self.assertTrue(self.ctl("status")["store"]["anchored"])
        self.assertEqual(0, self.daemon.stop())
        shutil.copytree(self.data, self.dir / "older")
        self.start(anchor=True)
        self.ctl("client", "add", "after")
        self.assertEqual(0, self.daemon.stop())
        shutil.rmtree(self.data)
        shutil.copytree(self.dir / "older", self.data)
        self.start(anchor=True, wait=False)
        self.assertNotEqual(0, self.daemon.process.wait(30))
        self.daemon.reader.join(10)
        self.assertIn("the whole directory is an older copy", self.daemon.stderr)
        shutil.rmtree(self.data)
        self.refused("is no mark", "--data-dir", self.data, "backup", "restore", self.backups, "--key-file",
                     self.key_file, "--replace-anchor", self.config)
        self.assertTrue(self.config.exists())
        self.restore("--replace-anchor", self.anchor)
        self.assertFalse(self.anchor.exists())
        self.start(anchor=True)
        self.assertTrue(self.anchor.exists())
        self.assertEqual(["before"], [c["client_id"] for c in self.ctl("client", "list")["clients"]])


if __name__ == "__main__":
    unittest.main()
