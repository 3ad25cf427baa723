"""signetctl against a real daemon: every verb, imports that are interrupted, and how failures are told."""

import base64
import csv
import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import SIGNETCTL, Daemon  # noqa: E402


def tool(*arguments, stdin="", **named):
    return subprocess.run([str(SIGNETCTL), *map(str, arguments)], input=stdin, capture_output=True, text=True,
                          timeout=120, **named)


class Verbs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def run_tool(self, *arguments, stdin=""):
        return tool("--data-dir", self.daemon.data_dir, *arguments, stdin=stdin)

    def refused(self, *arguments, stdin="", code=1):
        done = self.run_tool(*arguments, stdin=stdin)
        self.assertEqual(code, done.returncode, done.stderr)
        self.assertEqual("", done.stdout)
        self.assertTrue(done.stderr.startswith("signetctl: "), done.stderr)
        return done.stderr

    def test_a_client_lives_from_add_to_remove(self):
        ctl = self.daemon.ctl
        made = ctl("client", "add", "life", "--grant", "client_credentials", "--grant", "refresh_token", "--scope",
                   " a  b", "--scope", "c", "--audience", "urn:x", "--alg", "ES256", "--ttl", 60, "--introspect", "*",
                   "--feed", "--refresh-with-credentials")
        self.assertEqual(43, len(made["client_secret"]))
        shown = ctl("client", "show", "life")
        expected = {"client_id": "life", "tenant": "default", "grants": ["client_credentials", "refresh_token"],
                    "scope": "a b c", "audiences": ["urn:x"], "alg": "ES256", "ttl": 60, "introspect": ["*"],
                    "feed": True, "refresh_with_credentials": True, "enabled": True}
        self.assertEqual(expected, {name: shown[name] for name in expected})
        self.assertNotIn("client_secret", shown)
        self.assertEqual(1, len(shown["secrets"]))
        changed = ctl("client", "update", "life", "--scope", "", "--no-feed", "--no-refresh-with-credentials",
                      "--ttl", 0)
        self.assertEqual(("", False, False, 0), (changed["scope"], changed["feed"],
                                                 changed["refresh_with_credentials"], changed["ttl"]))
        self.assertEqual(["urn:x"], changed["audiences"])
        self.assertFalse(ctl("client", "disable", "life")["enabled"])
        self.assertEqual(401, self.daemon.token("life", made["client_secret"])[0])
        self.assertTrue(ctl("client", "enable", "life")["enabled"])
        rotated = ctl("client", "rotate-secret", "life")
        for secret in (made["client_secret"], rotated["client_secret"]):
            self.assertEqual(200, self.daemon.token("life", secret)[0])
        ctl("client", "drop-secret", "life")
        self.assertEqual(401, self.daemon.token("life", made["client_secret"])[0])
        self.assertEqual(200, self.daemon.token("life", rotated["client_secret"])[0])
        self.refused("client", "drop-secret", "life")
        ctl("client", "drop-secret", "life", "--all")
        self.assertEqual(401, self.daemon.token("life", rotated["client_secret"])[0])
        ctl("client", "remove", "life")
        for verb in ("show", "enable", "disable", "remove", "rotate-secret", "drop-secret"):
            self.assertIn("life", self.refused("client", verb, "life"))
        self.assertIn("life", self.refused("client", "update", "life", "--ttl", 1))

    def test_a_given_secret_works_and_is_never_shown(self):
        done = self.run_tool("client", "add", "given", "--secret-stdin", stdin="a secret of my own \n")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertNotIn("a secret", done.stdout + done.stderr)
        self.assertEqual(200, self.daemon.token("given", "a+secret+of+my+own+")[0])

    def test_what_the_daemon_refuses_changes_nothing(self):
        self.daemon.ctl("client", "add", "twice")
        before = self.daemon.ctl("client", "show", "twice")
        self.assertIn("twice", self.refused("client", "add", "twice"))
        self.refused("client", "add", "bad id")
        self.refused("client", "add", "x", "--tenant", "no-such-tenant")
        self.refused("client", "add", "x", "--scope", 'quote"')
        self.refused("client", "add", "x", "--audience", "relative")
        self.refused("client", "add", "x", "--grant", "password")
        self.refused("client", "add", "x", "--alg", "HS256")
        self.refused("client", "update", "twice", "--audience", "relative")
        self.refused("client", "add", "../clients", code=1)
        self.assertEqual(before, self.daemon.ctl("client", "show", "twice"))
        self.refused("client", "show", "x")

    def test_lists_go_over_pages(self):
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "many.jsonl"
            file.write_text("".join(json.dumps({"client_id": f"page-{n:04}", "tenant": "paged"}) + "\n"
                                    for n in range(2500)))
            self.daemon.ctl("tenant", "add", "paged")
            self.daemon.ctl("client", "import", file)
        ids = [c["client_id"] for c in self.daemon.ctl("client", "list", "--tenant", "paged")["clients"]]
        self.assertEqual([f"page-{n:04}" for n in range(2500)], ids)
        self.assertEqual(1700, len(self.daemon.ctl("client", "list", "--tenant", "paged", "--limit", 1700)["clients"]))
        table = self.run_tool("client", "list", "--tenant", "paged").stdout.splitlines()
        self.assertEqual(2501, len(table))
        self.refused("tenant", "remove", "paged")
        self.daemon.ctl("tenant", "remove", "paged", "--force")

    def test_keys_are_added_listed_and_exported(self):
        made = self.daemon.ctl("key", "add", "--alg", "HS384", "--audience", "urn:exported")
        self.assertIn(made["kid"], {k["kid"] for k in self.daemon.ctl("key", "list")["keys"]})
        exported = self.daemon.ctl("key", "export-secret", made["kid"])
        self.assertEqual(("oct", "HS384"), (exported["kty"], exported["alg"]))
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory) / "key.json"
            self.daemon.ctl("key", "export-secret", made["kid"], "--out", out)
            self.assertEqual(exported, json.loads(out.read_text()))
            self.assertEqual(0o600, out.stat().st_mode & 0o777)
            self.refused("key", "export-secret", made["kid"], "--out", out)
        asymmetric = next(k for k in self.daemon.ctl("key", "list")["keys"] if k["alg"] == "EdDSA")
        self.refused("key", "export-secret", asymmetric["kid"])
        self.refused("key", "export-secret", "no-such-key")

    def test_a_dialects_key_is_listed_and_exported_and_in_no_key_set(self):
        made = self.daemon.ctl("key", "add", "--alg", "HS512", "--dialect", "made-up")
        self.assertEqual(("made-up", "", "active"), (made["dialect"], made["audience"], made["status"]))
        listed = {k["kid"]: k for k in self.daemon.ctl("key", "list")["keys"]}
        self.assertEqual("made-up", listed[made["kid"]]["dialect"])
        exported = self.daemon.ctl("key", "export-secret", made["kid"])
        self.assertEqual(("oct", "HS512", "made-up"), (exported["kty"], exported["alg"], exported["dialect"]))
        self.assertEqual("pending", self.daemon.ctl("key", "add", "--alg", "HS256", "--dialect", "made-up")["status"])
        public = self.daemon.ctl("key", "add", "--alg", "ES256", "--dialect", "made-up-2")
        self.refused("key", "export-secret", public["kid"])
        self.refused("key", "add", "--alg", "HS256", "--dialect", "Viet QR")
        with urllib.request.urlopen(f"http://127.0.0.1:{self.daemon.port}/.well-known/jwks.json", timeout=10) as answer:
            published = {k["kid"] for k in json.load(answer)["keys"]}
        self.assertFalse(published & {public["kid"], made["kid"]})
        self.assertTrue(published)

    def test_a_short_rsa_key_only_on_request_and_with_a_warning(self):
        done = self.run_tool("--json", "key", "add", "--alg", "RS256", "--bits", "2048", "--tenant", "default")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("warning", done.stderr)
        self.assertEqual(2048, json.loads(done.stdout)["bits"])

    def test_a_token_is_issued_inspected_and_verified(self):
        done = self.run_tool("token", "issue", "--client", "demo", "--subject", "somebody", "--scope", "a.read",
                             "--ttl", "60", "--claims-stdin", stdin='{"plan": "gold", "factor": 1.5}')
        self.assertEqual(0, done.returncode, done.stderr)
        token = done.stdout.strip()
        seen = json.loads(self.run_tool("--json", "token", "inspect", stdin=token).stdout)
        self.assertEqual((False, "somebody", "gold", 1.5),
                         (seen["verified"], seen["claims"]["sub"], seen["claims"]["plan"], seen["claims"]["factor"]))
        self.assertEqual(60, seen["claims"]["exp"] - seen["claims"]["iat"])
        with tempfile.TemporaryDirectory() as directory:
            jwks = Path(directory) / "jwks.json"
            subprocess.run(["curl", "-sf", "-o", jwks, self.daemon.issuer + "/.well-known/jwks.json"], check=True)
            good = self.run_tool("token", "inspect", "--jwks", jwks, stdin=token)
            self.assertEqual(0, good.returncode, good.stderr)
            self.assertIn("verified with key", good.stdout)
            head, claims, signature = token.split(".")
            forged = f"{head}.{claims[:-2]}AA.{signature}"
            self.assertEqual(1, self.run_tool("token", "inspect", "--jwks", jwks, stdin=forged).returncode)

    def test_a_token_issued_by_an_administrator_is_on_record(self):
        issued = self.run_tool("token", "issue", "--client", "demo", "--subject", "on-the-record", "--json")
        token = json.loads(issued.stdout)["access_token"]
        head, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
                        for part in token.split(".")[:2])
        record = f'"sub":"on-the-record","jti":"{claims["jti"]}","kid":"{head["kid"]}"'.encode()
        logs = [path.read_bytes() for path in Path(self.daemon.data_dir).glob("store/*.log")]
        self.assertTrue(any(record in log for log in logs), "the audit record is durable before the answer")
        self.assertFalse(any(token.encode() in log for log in logs), "the token itself is not kept")

    def test_token_issue_refuses_what_the_client_may_not_have(self):
        self.refused("token", "issue", "--client", "no-such-client")
        self.refused("token", "issue", "--client", "demo", "--scope", "not.its.own")
        self.refused("token", "issue", "--client", "demo", "--audience", "urn:not-its-own")
        self.daemon.ctl("client", "add", "no-refresh")
        self.assertIn("refresh", self.refused("token", "issue", "--client", "no-refresh", "--refresh"))
        for claim in ("iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "sid", "cnf", "nbf"):
            message = self.refused("token", "issue", "--client", "demo", "--claims-stdin",
                                   stdin=json.dumps({claim: "x"}))
            self.assertIn(claim, message)

    def test_tenants_and_status(self):
        self.assertEqual("acme", self.daemon.ctl("tenant", "add", "acme")["name"])
        self.refused("tenant", "add", "acme")
        self.refused("tenant", "add", "Bad Name")
        self.assertIn("acme", {t["name"] for t in self.daemon.ctl("tenant", "list")["tenants"]})
        self.daemon.ctl("tenant", "remove", "acme")
        self.refused("tenant", "remove", "acme")
        self.daemon.ctl("clock", "accept")
        status = self.daemon.ctl("status")
        self.assertTrue(status["ready"])
        self.assertTrue(status["store"]["writable"])
        self.assertGreater(status["store"]["sync_ms_max"], 0)
        self.assertIn("fdatasync", self.run_tool("status").stdout)

    def test_asks_on_a_terminal_before_it_removes(self):
        self.daemon.ctl("client", "add", "asked")
        for answer, gone in (("n\n", False), ("y\n", True)):
            ours, theirs = pty.openpty()
            process = subprocess.Popen([str(SIGNETCTL), "--data-dir", str(self.daemon.data_dir), "client", "remove",
                                        "asked"], stdin=theirs, stdout=theirs, stderr=theirs)
            os.close(theirs)
            os.write(ours, answer.encode())
            self.assertEqual(0 if gone else 1, process.wait(30))
            os.close(ours)
        self.refused("client", "show", "asked")


class Imports(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon.start()
        self.directory = tempfile.TemporaryDirectory()
        self.dir = Path(self.directory.name)
        self.secrets = self.dir / "secrets.jsonl"

    def tearDown(self):
        self.assertEqual(0, self.daemon.stop())
        self.directory.cleanup()

    def write(self, count, first=0):
        file = self.dir / "clients.jsonl"
        file.write_text("".join(json.dumps({"client_id": f"c{n}", "scopes": ["a", "b"]}) + "\n"
                                for n in range(first, first + count)))
        return file

    def held(self):
        return {s["client_id"]: s["client_secret"] for s in map(json.loads, self.secrets.read_text().splitlines())}

    def import_file(self, file, *options):
        return tool("--data-dir", self.daemon.data_dir, "--json", "client", "import", file, *options)

    def test_generated_secrets_work_and_a_second_run_changes_nothing(self):
        file = self.write(3000)
        first = self.import_file(file, "--secrets-out", self.secrets, "--chunk", "700")
        self.assertEqual(0, first.returncode, first.stderr)
        self.assertEqual(3000, json.loads(first.stdout)["added"])
        held = self.held()
        self.assertEqual([f"c{n}" for n in range(3000)], list(held))
        for n in (0, 699, 700, 2999):
            status, body = self.daemon.token(f"c{n}", held[f"c{n}"])
            self.assertEqual((200, "a b"), (status, body["scope"]))
        again = self.import_file(file, "--secrets-out", self.secrets, "--chunk", "700")
        self.assertEqual(3000, json.loads(again.stdout)["repeated"])
        self.assertEqual(held, self.held())

    def test_csv_takes_the_same_members(self):
        file = self.dir / "clients.csv"
        with file.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["client_id", "grants", "scopes", "audiences", "alg", "ttl", "introspect", "client_secret"])
            writer.writerow(["one", "client_credentials refresh_token", "a b", "urn:one urn:two", "ES256", "60", "*",
                             'quoted, "secret" of mine'])
            writer.writerow(["two", "", "", "", "", "", "", ""])
        done = self.import_file(file)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("1 clients have no secret yet", done.stderr)
        one = self.daemon.ctl("client", "show", "one")
        self.assertEqual((["urn:one", "urn:two"], "ES256", 60, ["*"], "a b"),
                         (one["audiences"], one["alg"], one["ttl"], one["introspect"], one["scope"]))
        self.assertEqual([], self.daemon.ctl("client", "show", "two")["secrets"])

    def test_a_conflict_refuses_its_whole_chunk(self):
        self.daemon.ctl("client", "add", "c7")
        done = self.import_file(self.write(20), "--chunk", "5")
        self.assertEqual(1, done.returncode)
        self.assertIn("c7", done.stderr)
        self.assertIn("lines 6 to 10", done.stderr)
        self.assertIn("5 of 20 clients are in", done.stderr)
        ids = {c["client_id"] for c in self.daemon.ctl("client", "list")["clients"]}
        self.assertEqual({f"c{n}" for n in range(5)} | {"c7"}, {i for i in ids if i.startswith("c")})

    def test_skip_leaves_what_exists_with_its_secret(self):
        made = self.daemon.ctl("client", "add", "c7", "--scope", "own")
        done = self.import_file(self.write(20), "--on-conflict", "skip", "--secrets-out", self.secrets)
        self.assertEqual(0, done.returncode, done.stderr)
        outcome = json.loads(done.stdout)
        self.assertEqual((19, 1), (outcome["added"], outcome["skipped"]))
        self.assertNotIn("c7", self.held())
        self.assertEqual("own", self.daemon.token("c7", made["client_secret"])[1]["scope"])

    def test_update_changes_what_exists_and_keeps_its_secret(self):
        made = self.daemon.ctl("client", "add", "c7", "--scope", "own")
        done = self.import_file(self.write(20), "--on-conflict", "update", "--secrets-out", self.secrets)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(1, json.loads(done.stdout)["updated"])
        self.assertEqual("a b", self.daemon.token("c7", made["client_secret"])[1]["scope"])

    def test_what_the_daemon_alone_can_refuse_names_its_line(self):
        file = self.dir / "clients.jsonl"
        file.write_text('{"client_id":"a"}\n\n{"client_id":"b","tenant":"no-such-tenant"}\n')
        done = self.import_file(file)
        self.assertEqual(1, done.returncode)
        self.assertIn("line 3", done.stderr)
        self.assertIn("no-such-tenant", done.stderr)
        self.assertEqual(1, tool("--data-dir", self.daemon.data_dir, "client", "show", "a").returncode)

    def test_a_killed_import_goes_on_and_loses_no_secret(self):
        file = self.write(30000)
        command = [str(SIGNETCTL), "--data-dir", str(self.daemon.data_dir), "client", "import", str(file),
                   "--secrets-out", str(self.secrets), "--chunk", "500"]
        for delay_s in (0.15, 0.3, 0.45):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay_s)
            process.send_signal(signal.SIGKILL)
            process.wait()
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.assertEqual(0, done.returncode, done.stderr)
        held = self.held()
        self.assertEqual([f"c{n}" for n in range(30000)], list(held))
        for n in range(0, 30000, 997):
            self.assertEqual(200, self.daemon.token(f"c{n}", held[f"c{n}"])[0], n)


class Failures(unittest.TestCase):
    def test_says_what_to_do_when_there_is_no_daemon(self):
        with tempfile.TemporaryDirectory() as directory:
            done = tool("--data-dir", directory, "status")
            self.assertEqual(1, done.returncode)
            self.assertIn("start the daemon", done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
    def test_says_what_to_do_without_permission(self):
        daemon = Daemon.start()
        try:
            os.chmod(daemon.data_dir, 0o755)  # the socket itself is 0600
            with tempfile.TemporaryDirectory() as directory:
                copied = Path(directory) / "signetctl"
                os.chmod(directory, 0o755)
                copied.write_bytes(Path(SIGNETCTL).read_bytes())
                os.chmod(copied, 0o755)
                done = subprocess.run([str(copied), "--data-dir", str(daemon.data_dir), "status"], user="nobody",
                                      capture_output=True, text=True, timeout=60)
            self.assertEqual(1, done.returncode)
            self.assertIn("no permission", done.stderr)
        finally:
            self.assertEqual(0, daemon.stop())

    def test_says_that_a_killed_daemon_is_gone(self):
        daemon = Daemon.start()
        daemon.kill()
        done = tool("--data-dir", daemon.data_dir, "status")
        self.assertEqual(1, done.returncode)
        self.assertIn("nobody listens", done.stderr)
        daemon.stop()


if __name__ == "__main__":
    unittest.main()
