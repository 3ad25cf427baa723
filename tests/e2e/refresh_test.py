"""Refresh tokens as a client meets them (RFC 6749 section 6): rotation, lost answers, reuse, forgery, kill -9."""

import base64
import http.client
import json
import re
import shutil
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
from at_once import at_once  # noqa: E402
from signet_daemon import Daemon  # noqa: E402

GRACE_S = 10  # of --dev
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def ask(daemon, authorization, path="/oauth2/token", **parameters):
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    try:
        connection.request("POST", path, urllib.parse.urlencode(parameters, doseq=True),
                           {"Authorization": authorization, "Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, json.loads(answer.read())
    finally:
        connection.close()


def form(daemon, authorization, path, **parameters):
    """What a 200 says; None when it says nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    try:
        connection.request("POST", path, urllib.parse.urlencode(parameters),
                           {"Authorization": authorization, "Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return json.loads(body) if body else None
    finally:
        connection.close()


class Client:
    """The demo client of a daemon."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.authorization = basic("demo", daemon.secret())

    def family(self, *arguments):
        return self.daemon.ctl("token", "issue", "--client", "demo", "--refresh", *arguments)

    def ask(self, token, authorization=None, path="/oauth2/token", **parameters):
        return ask(self.daemon, authorization or self.authorization, path, grant_type="refresh_token",
                   refresh_token=token, **parameters)

    def refresh(self, token, **parameters):
        status, _, body = self.ask(token, **parameters)
        assert status == 200, body
        return body


def metric(daemon, line):
    with urllib.request.urlopen(f"http://127.0.0.1:{daemon.port + 1}/metrics", timeout=30) as answer:
        found = re.search("^" + re.escape(line) + r" (\S+)$", answer.read().decode(), re.M)
    return float(found.group(1)) if found else 0.0


class Refresh(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.client = Client(cls.daemon)

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def refused(self, status, error, answer):
        got, headers, body = answer
        self.assertEqual((status, error), (got, body.get("error")), body)
        self.assertEqual("no-store", headers["cache-control"])
        self.assertNotIn("access_token", body)
        self.assertNotIn("refresh_token", body)
        return body

    def test_gives_a_successor_and_an_access_token_of_the_family(self):
        first = self.client.family("--subject", "device-7", "--scope", "a.read")
        self.assertEqual(83, len(first["refresh_token"]))
        status, headers, second = self.client.ask(first["refresh_token"])
        self.assertEqual(200, status, second)
        self.assertEqual(["access_token", "token_type", "expires_in", "refresh_token", "scope"], list(second))
        self.assertEqual(("no-store", "no-cache"), (headers["cache-control"], headers["pragma"]))
        self.assertNotEqual(first["refresh_token"], second["refresh_token"])
        before, after = claims_of(first["access_token"]), claims_of(second["access_token"])
        self.assertEqual("device-7", after["sub"])
        self.assertEqual("a.read", after["scope"])
        self.assertEqual("urn:demo", after["aud"])
        self.assertEqual(before["sid"], after["sid"])
        self.assertEqual(22, len(after["sid"]))
        shown = self.daemon.ctl("family", "show", after["sid"])
        self.assertEqual((2, "live", "device-7"), (shown["sequence"], shown["status"], shown["subject"]))
        listed = self.daemon.ctl("family", "list", "--subject", "device-7")["families"]
        self.assertEqual([after["sid"]], [one["id"] for one in listed])
        self.assertNotIn("hash", json.dumps(shown))

    def test_a_refresh_token_that_is_given_up_takes_its_family_along(self):
        first = self.client.family()
        second = self.client.refresh(first["refresh_token"])
        rs = basic("demo-rs", (Path(self.daemon.data_dir) / "demo-rs-secret").read_text().strip())
        self.assertTrue(form(self.daemon, rs, "/oauth2/introspect", token=second["access_token"])["active"])
        self.assertIsNone(form(self.daemon, self.client.authorization, "/oauth2/revoke",
                               token=second["refresh_token"], token_type_hint="refresh_token"))
        for access in (first["access_token"], second["access_token"]):
            self.assertEqual({"active": False}, form(self.daemon, rs, "/oauth2/introspect", token=access))
        for token in (first["refresh_token"], second["refresh_token"]):
            self.refused(400, "invalid_grant", self.client.ask(token))
            self.assertIsNone(form(self.daemon, self.client.authorization, "/oauth2/revoke", token=token))

    def test_another_clients_refresh_token_is_not_its_to_give_up(self):
        token = self.client.family()["refresh_token"]
        made = self.daemon.ctl("client", "add", "stranger")
        stranger = basic("stranger", made["client_secret"])
        self.refused(400, "invalid_grant", ask(self.daemon, stranger, "/oauth2/revoke", token=token))
        forged = token[:-1] + ALPHABET[(ALPHABET.index(token[-1]) + 4) % 64]
        self.assertIsNone(form(self.daemon, stranger, "/oauth2/revoke", token=forged))
        self.client.refresh(token)

    def test_a_retry_gets_the_same_successor_and_another_access_token(self):
        token = self.client.family()["refresh_token"]
        once, again = self.client.refresh(token), self.client.refresh(token)
        self.assertEqual(once["refresh_token"], again["refresh_token"])
        self.assertNotEqual(once["access_token"], again["access_token"])

    def test_scope_shrinks_for_one_token_and_never_grows(self):
        token = self.client.family("--scope", "a.read", "--scope", "a.write")["refresh_token"]
        less = self.client.refresh(token, scope="a.read")
        self.assertEqual("a.read", less["scope"])
        whole = self.client.refresh(less["refresh_token"])
        self.assertEqual("a.read a.write", whole["scope"])
        current = whole["refresh_token"]
        self.refused(400, "invalid_scope", self.client.ask(current, scope="a.read b.read"))  # the client's, not its own
        self.refused(400, "invalid_scope", self.client.ask(current, scope="a.read  a.write"))
        self.refused(400, "invalid_target", self.client.ask(current, resource="urn:other"))
        self.assertEqual(2, self.sequence_after(current), "a refusal rotates nothing")

    def sequence_after(self, token):
        """How many rotations came before this one."""
        sid = claims_of(self.client.refresh(token)["access_token"])["sid"]
        return self.daemon.ctl("family", "show", sid)["sequence"] - 2

    def test_belongs_to_its_client_and_tenant(self):
        token = self.client.family()["refresh_token"]
        other = self.daemon.ctl("client", "add", "other", "--grant", "refresh_token")
        self.refused(400, "invalid_grant", self.client.ask(token, basic("other", other["client_secret"])))
        bare = self.daemon.ctl("client", "add", "bare")
        self.refused(400, "unauthorized_client", self.client.ask(token, basic("bare", bare["client_secret"])))
        self.refused(401, "invalid_client", self.client.ask(token, basic("demo", "x" * 43)))
        self.daemon.ctl("tenant", "add", "acme")
        self.daemon.ctl("key", "add", "--tenant", "acme", "--alg", "EdDSA")
        there = self.daemon.ctl("client", "add", "demo", "--tenant", "acme", "--grant", "refresh_token")
        self.refused(400, "invalid_grant",
                     self.client.ask(token, basic("demo", there["client_secret"]), "/t/acme/oauth2/token"))
        self.client.refresh(token)

    def test_forged_tokens_are_refused_alike_and_never_looked_up(self):
        token = self.client.family()["refresh_token"]
        forged = [token[:i] + next(c for c in ALPHABET if c != token[i]) + token[i + 1:] for i in range(len(token))]
        forged += [token[:-1], token + "A", "", "x", "A" * 83, token.swapcase(), "A" * 4000]
        before = metric(self.daemon, 'signet_refreshes_total{result="forged"}')
        commits = self.daemon.ctl("status")["store"]
        bodies = set()
        for one in forged:
            answer = self.client.ask(one)
            if one == "":
                self.refused(400, "invalid_request", answer)
            else:
                bodies.add(json.dumps(self.refused(400, "invalid_grant", answer)))
        self.assertEqual(1, len(bodies))
        self.assertEqual(len(forged) - 1, metric(self.daemon, 'signet_refreshes_total{result="forged"}') - before)
        after = self.daemon.ctl("status")["store"]
        self.assertEqual(commits["operations"], after["operations"], "no store access")
        self.client.refresh(token)

    def test_a_disabled_client_is_refused_until_it_is_enabled(self):
        made = self.daemon.ctl("client", "add", "switch", "--grant", "refresh_token")
        token = self.daemon.ctl("token", "issue", "--client", "switch", "--refresh")["refresh_token"]
        mine = basic("switch", made["client_secret"])
        self.daemon.ctl("client", "disable", "switch")
        self.refused(401, "invalid_client", self.client.ask(token, mine))
        self.daemon.ctl("client", "enable", "switch")
        self.assertEqual(200, self.client.ask(token, mine)[0])

    def test_client_credentials_give_one_only_to_clients_that_are_to_have_it(self):
        plain = self.daemon.ctl("client", "add", "plain", "--grant", "client_credentials", "--grant", "refresh_token")
        with_it = self.daemon.ctl("client", "add", "with-it", "--grant", "client_credentials", "--grant",
                                  "refresh_token", "--scope", "x", "--scope", "y", "--refresh-with-credentials")
        mine = basic("plain", plain["client_secret"])
        self.assertNotIn("refresh_token", ask(self.daemon, mine, grant_type="client_credentials")[2])
        mine = basic("with-it", with_it["client_secret"])
        status, _, answer = ask(self.daemon, mine, grant_type="client_credentials", scope="x")
        self.assertEqual(200, status, answer)
        self.assertEqual("with-it", claims_of(answer["access_token"])["sub"])
        again = self.client.ask(answer["refresh_token"], mine)
        self.assertEqual(200, again[0], again[2])
        self.assertEqual("x", again[2]["scope"])
        self.assertEqual(claims_of(answer["access_token"])["sid"], claims_of(again[2]["access_token"])["sid"])
        self.refused(400, "invalid_scope", self.client.ask(again[2]["refresh_token"], mine, scope="y"))

    def test_64_threads_with_one_token_share_one_rotation_and_later_uses_are_dead(self):
        token = self.client.family("--subject", "crowd")["refresh_token"]
        answers = at_once(64, lambda: self.client.ask(token))
        self.assertEqual([200] * 64, [status for status, _, _ in answers])
        successors = {body["refresh_token"] for _, _, body in answers}
        self.assertEqual(1, len(successors))
        sid = claims_of(answers[0][2]["access_token"])["sid"]
        self.assertEqual(2, self.daemon.ctl("family", "show", sid)["sequence"])
        self.assertEqual(64, len({body["access_token"] for _, _, body in answers}))
        time.sleep(GRACE_S + 0.5)
        self.refused(400, "invalid_grant", self.client.ask(token))
        self.assertEqual("revoked", self.daemon.ctl("family", "show", sid)["status"])
        for dead in (token, *successors):
            self.refused(400, "invalid_grant", self.client.ask(dead))

    def test_a_query_never_carries_it(self):
        token = self.client.family()["refresh_token"]
        answer = ask(self.daemon, self.client.authorization, f"/oauth2/token?refresh_token={token}",
                     grant_type="refresh_token")
        self.refused(400, "invalid_request", answer)

    def test_it_appears_in_no_log(self):
        token = self.client.family()["refresh_token"]
        self.client.refresh(token)
        self.client.ask(token[:-1])
        self.assertNotIn(token[:40], self.daemon.stderr)


class Restarts(unittest.TestCase):
    """Each on a directory of its own, so that the daemon can be ended and started again."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="signet-refresh-")
        self.addCleanup(shutil.rmtree, self.dir, True)

    def start(self, **named):
        daemon = Daemon.start(data_dir=self.dir, **named)
        self.addCleanup(daemon.kill)
        return daemon, Client(daemon)

    def test_a_retry_after_kill_9_and_three_windows_down_gets_the_same_successor(self):
        daemon, client = self.start()
        token = client.family()["refresh_token"]
        successor = client.refresh(token)["refresh_token"]
        daemon.kill()
        time.sleep(3 * GRACE_S)
        _, client = self.start()
        self.assertEqual(successor, client.refresh(token)["refresh_token"])

    def test_killed_while_rotating_the_retry_is_served(self):
        daemon, client = self.start()
        tokens = [client.family()["refresh_token"] for _ in range(8)]
        answers = {}

        def run(token):
            try:
                answers[token] = client.ask(token)[2]["refresh_token"]
            except (OSError, http.client.HTTPException, ValueError):
                pass  # killed before the answer

        threads = [threading.Thread(target=run, args=(token,)) for token in tokens]
        for thread in threads:
            thread.start()
        daemon.kill()
        for thread in threads:
            thread.join()
        _, client = self.start()
        for token in tokens:
            successor = client.refresh(token)["refresh_token"]
            self.assertEqual(answers.get(token, successor), successor)
            client.refresh(successor)

    def test_replay_of_every_rotated_token_after_a_restart_is_refused(self):
        daemon, client = self.start()
        chain = [client.family()["refresh_token"]]
        for _ in range(5):
            chain.append(client.refresh(chain[-1])["refresh_token"])
        time.sleep(GRACE_S + 0.5)
        # The time reaches the store with the next commit.
        client.family()
        self.assertEqual(0, daemon.stop())
        _, client = self.start()
        for token in chain[:-1]:
            status, _, body = client.ask(token)
            self.assertEqual((400, "invalid_grant"), (status, body["error"]))
        status, _, body = client.ask(chain[-1])
        self.assertEqual((400, "invalid_grant"), (status, body["error"]), "the replay ended the family")

    @unittest.skipUnless(shutil.which("strace"), "needs strace")
    def test_a_rotation_is_synced_between_its_arrival_and_its_answer(self):
        trace = Path(self.dir) / "trace"
        daemon, client = self.start()
        token = client.family()["refresh_token"]
        # Attached once it serves: what a start does would only be in the way.
        tracer = subprocess.Popen(["strace", "-f", "-qq", "-s", "64", "-o", str(trace), "-p", str(daemon.process.pid),
                                   "-e", "trace=fdatasync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg"])
        self.addCleanup(tracer.kill)
        for _ in range(200):
            urllib.request.urlopen(daemon.issuer + "/healthz", timeout=30).close()
            if trace.exists() and "GET /healthz" in trace.read_text(errors="replace"):
                break
            time.sleep(0.05)
        for _ in range(5):
            token = client.refresh(token)["refresh_token"]
        tracer.terminate()
        tracer.wait(30)
        syncs, rotations, inside = 0, 0, False
        for line in trace.read_text(errors="replace").splitlines():
            if "POST /oauth2/token" in line:
                inside, syncs = True, 0
            elif inside and re.search(r"\bfdatasync\(|fdatasync resumed", line):
                syncs += 1
            elif inside and "HTTP/1.1 200" in line:
                self.assertGreaterEqual(syncs, 1, line)
                inside, rotations = False, rotations + 1
        self.assertEqual(5, rotations)


if __name__ == "__main__":
    unittest.main()
