"""A record of every issued token: made by each endpoint, there when the answer is, and never a way to forge one."""

import base64
import hashlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from audit_rig import MODES, AuditBase, claims_of  # noqa: E402
from signet_daemon import until  # noqa: E402

KILLS = int(os.environ.get("SIGNET_AUDIT_KILLS", "6"))


class Issuance(AuditBase):
    def test_off_records_no_token(self):
        self.start("off")
        self.token()
        self.assertEqual([], self.issued())
        self.assertFalse((self.data / "issuance").exists())
        self.verified()

    def test_every_endpoint_that_signs_a_token_makes_a_record(self):
        for mode in MODES:
            with self.subTest(mode):
                self.setUp()
                self.start(mode)
                self.every_endpoint()
                self.assertEqual(0, self.daemon.stop())

    def every_endpoint(self):
        self.daemon.ctl("tenant", "add", "acme")
        made = self.daemon.ctl("client", "add", "svc", "--tenant", "acme", "--scope", "x")
        self.daemon.ctl("client", "update", "demo", "--refresh-with-credentials")
        first = self.token(scope="a.read")
        second = self.refreshed(first["refresh_token"])
        status, other = self.daemon.token("svc", made["client_secret"], tenant="acme")
        self.assertEqual(200, status, other)
        status, _, body = self.ask("POST", "/oauth2/token/batch", '[{"id":"1"},{"id":"2","scope":"a.read"}]',
                                   {**self.basic(), "Content-Type": "application/json"})
        self.assertEqual(200, status)
        batch = [json.loads(line)["access_token"] for line in body.splitlines()]
        by_jti = {record["jti"]: record for record in self.issued()}
        for token, endpoint, grant in ((first["access_token"], "token", "client_credentials"),
                                       (second["access_token"], "token", "refresh_token"),
                                       (other["access_token"], "token", "client_credentials"),
                                       (batch[0], "token/batch", "client_credentials"),
                                       (batch[1], "token/batch", "client_credentials")):
            claims = claims_of(token)
            record = by_jti.pop(claims["jti"])
            self.assertEqual((endpoint, grant, claims["exp"], claims["scope"], claims["client_id"], claims.get("sid")),
                             (record["endpoint"], record["grant"], record["exp"], record["scope"], record["client_id"],
                              record.get("sid")))
            header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
            self.assertEqual(header["kid"], record["kid"])
            self.assertEqual("acme" if token == other["access_token"] else "default", record["tenant"])
            self.assertNotIn("sub", record)
        self.assertEqual({}, by_jti)
        self.dialects()
        tokens = len(self.issued())
        self.daemon.ctl("token", "issue", "--client", "demo")
        self.assertEqual("token.issue", self.tail("--what", "token.issue")[-1]["what"])
        self.assertEqual(tokens, len(self.issued()))
        self.verified()

    def refreshed(self, token):
        status, _, body = self.ask("POST", "/oauth2/token", urllib.parse.urlencode(
            {"grant_type": "refresh_token", "refresh_token": token}),
            {**self.basic(), "Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(200, status, body)
        return json.loads(body)

    def dialects(self):
        accounts = json.loads((self.data / "demo.json").read_text())
        before = len(self.issued())
        vietqr = accounts["vietqr"]
        status, _, body = self.ask("POST", "/vqr/api/token_generate", "{}",
                                   {**self.basic(vietqr["username"], vietqr["password"]),
                                    "Content-Type": "application/json"})
        self.assertEqual(200, status, body)
        token = json.loads(body)["access_token"]
        record = self.issued()[before]
        self.assertTrue(record["endpoint"].startswith("dialect:vietqr/"), record)
        self.assertNotIn("jti", record)
        # A token that has none is named by the start of its hash.
        digest = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode()
        self.assertEqual(digest[:22], record["token_hash"])
        status, _, body = self.ask("GET", "/v.1.0/clients/authorization?" + urllib.parse.urlencode(
            {"apiKey": accounts["novapost"]["apiKey"]}))
        self.assertEqual(200, status, body)
        status, _, body = self.ask("POST", "/oauth/provider/token", urllib.parse.urlencode(
            {"grant_type": "refresh_token", "refresh_token": accounts["vcd"]["api_token"]}),
            {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(200, status, body)
        endpoints = [one["endpoint"] for one in self.issued()[before:]]
        self.assertEqual(3, len(endpoints), endpoints)
        self.assertTrue(endpoints[1].startswith("dialect:novapost/"), endpoints)

    def test_what_was_answered_is_there_after_kill_9(self):
        for mode in MODES:
            with self.subTest(mode):
                self.setUp()
                answered = []
                for _ in range(KILLS):
                    daemon = self.start(mode)
                    for _ in range(3):
                        answered.append(claims_of(self.token()["access_token"])["jti"])
                    daemon.kill(signal.SIGKILL)
                self.start(mode)
                self.assertEqual(set(), set(answered) - set(self.jtis()))
                self.verified()

    def test_kill_9_among_many_answers_loses_none(self):
        for mode in MODES:
            with self.subTest(mode):
                self.setUp()
                daemon = self.start(mode)
                answered, threads = [], []

                def asker():
                    while True:
                        try:
                            status, answer = daemon.token("demo", secret)
                        except (OSError, http.client.HTTPException, ValueError):
                            return
                        if status == 200:
                            answered.append(claims_of(answer["access_token"])["jti"])

                secret = daemon.secret()
                for _ in range(8):
                    threads.append(threading.Thread(target=asker))
                    threads[-1].start()
                until(lambda: len(answered) > 100)
                daemon.kill(signal.SIGKILL)
                for thread in threads:
                    thread.join(30)
                self.start(mode)
                self.assertGreater(len(answered), 100)
                self.assertEqual(set(), set(answered) - set(self.jtis()))
                self.verified()

    def test_a_store_that_fails_gives_no_token(self):
        daemon = self.start("group", wrap=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
                                           "-e", "inject=fdatasync,fsync:error=EIO:when=60+"])
        answered, refused = [], None
        for _ in range(300):
            status, headers, body = self.ask("POST", "/oauth2/token", "grant_type=client_credentials",
                                             {**self.basic(), "Content-Type": "application/x-www-form-urlencoded"})
            if status != 200:
                refused = (status, "retry-after" in headers, json.loads(body)["error"])
                break
            answered.append(claims_of(json.loads(body)["access_token"])["jti"])
        self.assertEqual((503, True, "temporarily_unavailable"), refused)
        self.assertEqual(1, daemon.process.wait(60))
        self.start("group")
        self.assertEqual(set(), set(answered) - set(self.jtis()))
        self.verified()

    @unittest.skipUnless(shutil.which("strace"), "needs strace")
    def test_a_log_that_cannot_be_written_gives_no_token_until_it_can(self):
        daemon = self.start("os")
        kept = claims_of(self.token()["access_token"])["jti"]
        log = sorted((self.data / "issuance").glob("*.jsonl"))[-1]
        tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", str(self.dir / "trace"), "-p",
                                   str(daemon.process.pid), "-P", str(log), "-e", "trace=write",
                                   "-e", "inject=write:error=ENOSPC"], stderr=subprocess.DEVNULL)
        self.addCleanup(tracer.kill)
        form = {**self.basic(), "Content-Type": "application/x-www-form-urlencoded"}
        grant = "grant_type=client_credentials"
        self.assertTrue(until(lambda: self.ask("POST", "/oauth2/token", grant, form)[0] != 200))
        status, headers, body = self.ask("POST", "/oauth2/token", grant, form)
        self.assertEqual((503, "temporarily_unavailable"), (status, json.loads(body)["error"]))
        self.assertIn("retry-after", headers)
        tracer.send_signal(signal.SIGINT)
        tracer.wait(20)
        after = claims_of(self.token()["access_token"])["jti"]
        self.assertTrue(until(lambda: "issuance_log_failed" in daemon.stderr), daemon.stderr)
        self.assertLessEqual({kept, after}, set(self.jtis()))
        self.verified()
        status, _, metrics = self.metrics()
        self.assertRegex(metrics, r"signet_tokens_not_recorded_total [1-9]")

    def metrics(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port + 1, timeout=10)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, None, text

    def test_names_that_people_choose_forge_no_record(self):
        name = 'a","jti":"forged"}\n{"n":1,"client_id":"b'
        for mode in MODES:
            with self.subTest(mode):
                self.setUp()
                sink = self.dir / "sink.jsonl"
                self.start(mode, sink=f"file:{sink}")
                code, out, err = self.daemon.ctl("client", "add", name, check=False)
                if code == 0:  # else no such name exists, and the subject is what remains
                    self.daemon.token(name, json.loads(out)["client_secret"])
                self.daemon.ctl("token", "issue", "--client", "demo", "--subject", name)
                self.token()
                self.verified()
                record = self.tail("--what", "token.issue")[-1]
                self.assertEqual(name, record["after"]["sub"])
                self.assertTrue(until(lambda: sink.exists() and sink.read_text().count("jti") >= 2))
                for line in sink.read_text().splitlines():
                    self.assertNotEqual("forged", json.loads(line).get("jti"))
                    json.loads(line)

    def test_records_and_copies_hold_no_secret(self):
        for mode in MODES:
            with self.subTest(mode):
                self.setUp()
                sink = self.dir / "sink.jsonl"
                daemon = self.start(mode, sink=f"file:{sink}")
                daemon.ctl("client", "update", "demo", "--refresh-with-credentials")
                secret = "MarkerSecret-0123456789abcdefghijk"
                made = daemon.ctl("client", "add", "marked", "--secret-stdin", stdin=secret + "\n")
                self.assertNotIn("client_secret", made)
                answer = self.token()
                status, _ = daemon.token("marked", secret)
                self.assertEqual(200, status)
                self.assertTrue(until(lambda: sink.exists() and sink.read_text().count('"jti"') >= 2))
                out = self.dir / "export.jsonl"
                daemon.ctl("audit", "export", "--older-than", "0s", "--out", out, check=False)
                code, tail, err = daemon.ctl("audit", "tail", "--lines", 1000, check=False)
                self.assertEqual(0, code, err)
                self.assertEqual(0, daemon.stop())
                markers = [daemon.secret(), "MarkerSecret", answer["access_token"].split(".")[2],
                           answer["refresh_token"]]
                places = {"sink": sink.read_text(), "tail": tail, "log": daemon.stderr}
                for path in [*self.data.glob("issuance/*"), *self.data.glob("store/*"), out]:
                    if path.is_file():
                        places[path.name] = path.read_bytes().decode(errors="replace")
                for place, text in places.items():
                    for marker in markers:
                        self.assertNotIn(marker, text, place)


if __name__ == "__main__":
    unittest.main()
