"""Revocation from outside: the endpoint of RFC 7009 with its refusals, every criterion through signetctl, and that an
answer is kept through a kill and never given when the disk fails."""

import base64
import datetime
import http.client
import json
import shutil
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon, free_port  # noqa: E402

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
YEAR_S = 365 * 24 * 3600


def basic(client_id, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def ask(daemon, body, headers, method="POST", path="/oauth2/revoke"):
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


class Rig(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.daemon.ctl("tenant", "add", "acme")
        cls.daemon.ctl("key", "add", "--tenant", "acme", "--alg", "EdDSA")
        cls.clients = {"demo": cls.daemon.secret()}
        for name, tenant, alg in (("other", None, "ES256"), ("svc", "acme", "EdDSA"), ("hmac", None, "HS256")):
            if alg == "HS256":
                cls.daemon.ctl("key", "add", "--alg", "HS256", "--audience", "urn:hmac")
            made = cls.daemon.ctl("client", "add", name, "--alg", alg, "--scope", "a", "--audience", "urn:" + name,
                                  *(["--tenant", tenant] if tenant else []))
            cls.clients[name] = made["client_secret"]

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def token(self, client="demo", tenant=None, **parameters):
        status, answer = self.daemon.token(client, self.clients[client], tenant, **parameters)
        self.assertEqual(200, status, answer)
        return answer["access_token"]

    def revoke(self, token, client="demo", path="/oauth2/revoke", headers=None, **more):
        body = urllib.parse.urlencode({"token": token, **more})
        return ask(self.daemon, body, {**FORM, **basic(client, self.clients[client]), **(headers or {})}, path=path)

    def listed(self, **options):
        arguments = [text for name, value in options.items() for text in ("--" + name, value)]
        return self.daemon.ctl("revocation", "list", *arguments)["revocations"]

    def live(self):
        return self.daemon.ctl("status")["revocations"]

    def entries(self, value, **options):
        return [row for row in self.listed(**options) if row["value"] == value]


class Endpoint(Rig):
    def test_ends_a_token_with_an_empty_200(self):
        for client in ("demo", "other", "hmac"):
            token = self.token(client)
            before = self.live()["live"]
            status, headers, body = self.revoke(token, client)
            self.assertEqual((200, b""), (status, body), client)
            self.assertEqual("no-store", headers["cache-control"])
            self.assertEqual("0", headers["content-length"])
            self.assertEqual(before + 1, self.live()["live"], "published before the answer")
            claims = claims_of(token)
            (row,) = self.entries(claims["jti"])
            self.assertEqual(("token", claims["exp"]), (row["kind"], instant(row["expires_at"])))
            self.assertEqual((200, b""), self.revoke(token, client)[::2], "again is no error")
            self.assertEqual(1, len(self.entries(claims["jti"])), "and no second entry")

    def test_takes_a_hint_of_any_kind(self):
        for hint in ("access_token", "refresh_token", "saml", ""):
            token = self.token()
            self.assertEqual(200, self.revoke(token, token_type_hint=hint)[0])
            self.assertEqual(1, len(self.entries(claims_of(token)["jti"])), hint)

    def test_takes_credentials_in_the_body(self):
        token = self.token()
        body = urllib.parse.urlencode({"token": token, "client_id": "demo", "client_secret": self.clients["demo"]})
        self.assertEqual(200, ask(self.daemon, body, FORM)[0])
        self.assertEqual(1, len(self.entries(claims_of(token)["jti"])))

    def test_serves_tenants_apart(self):
        token = self.token("svc", "acme")
        self.assertEqual(200, self.revoke(token, "svc", "/t/acme/oauth2/revoke")[0])
        self.assertEqual(1, len(self.entries(claims_of(token)["jti"], tenant="acme")))
        self.assertEqual([], self.entries(claims_of(token)["jti"]))

    def test_what_is_no_live_token_of_ours_has_no_effect(self):
        token = self.token()
        head, payload, signature = token.split(".")
        swapped = "A" if signature[10] != "A" else "B"
        bad = {
            "forged": ".".join([head, payload, signature[:10] + swapped + signature[11:]]),
            "truncated": token[:-20], "no signature": f"{head}.{payload}.",
            "unsecured": f"eyJhbGciOiJub25lIn0.{payload}.",
            "another key's header": self.token("other").split(".")[0] + f".{payload}.{signature}",
            "no token": "x", "dots": "." * 100, "long": "a" * 20000, "refresh-like": "A" * 83,
            "a tenant's": self.token("svc", "acme"),
            "payload": f"{head}.e30.{signature}", "space": " " + token,
        }
        before = self.live()
        for name, text in bad.items():
            self.assertEqual((200, b""), self.revoke(text)[::2], name)
        self.assertEqual(before, self.live())
        self.assertEqual([], self.entries(claims_of(token)["jti"]))

    def test_another_clients_token_is_refused_and_stays(self):
        token = self.token("other")
        status, headers, body = self.revoke(token, "demo")
        self.assertEqual((400, "invalid_grant"), (status, json.loads(body)["error"]))
        self.assertEqual("no-store", headers["cache-control"])
        self.assertEqual([], self.entries(claims_of(token)["jti"]))

    def test_refuses_what_is_no_request(self):
        token = self.token()
        good = {**FORM, **basic("demo", self.clients["demo"])}
        form = urllib.parse.urlencode({"token": token})
        cases = [
            (401, "invalid_client", form, FORM, {}),
            (401, "invalid_client", form, {**FORM, **basic("demo", "wrong")}, {}),
            (401, "invalid_client", form, {**FORM, **basic("nobody", self.clients["demo"])}, {}),
            (401, "invalid_client", form, {**FORM, "Authorization": "Bearer " + token}, {}),
            (405, "invalid_request", None, good, {"method": "GET"}),
            (405, "invalid_request", form, good, {"method": "PUT"}),
            (400, "invalid_request", form, good, {"path": "/oauth2/revoke?token=" + token}),
            (400, "invalid_request", form, good, {"path": "/oauth2/revoke?"}),
            (400, "invalid_request", form + "&" + form, good, {}),
            (400, "invalid_request", form + "&token_type_hint=a&token_type_hint=a", good, {}),
            (400, "invalid_request", "", good, {}),
            (400, "invalid_request", "token=", good, {}),
            (400, "invalid_request", "token_type_hint=access_token", good, {}),
            (400, "invalid_request", form, {**good, "Content-Type": "application/json"}, {}),
            (400, "invalid_request", "token=%zz", good, {}),
            (400, "invalid_request", form + f"&client_secret={self.clients['demo']}", good, {}),
            (404, "invalid_request", form, good, {"path": "/t/default/oauth2/revoke"}),
            (404, "invalid_request", form, good, {"path": "/t/nobody/oauth2/revoke"}),
        ]
        for status, error, body, headers, named in cases:
            got, _, text = ask(self.daemon, body, headers, **named)
            self.assertEqual((status, error), (got, json.loads(text)["error"]), (body and body[-60:], named))
        self.assertEqual([], self.entries(claims_of(token)["jti"]))

    def test_metadata_names_it(self):
        with urllib.request.urlopen(f"{self.daemon.issuer}/.well-known/oauth-authorization-server") as answer:
            metadata = json.load(answer)
        self.assertEqual(self.daemon.issuer + "/oauth2/revoke", metadata["revocation_endpoint"])
        self.assertEqual(["client_secret_basic", "client_secret_post"],
                         metadata["revocation_endpoint_auth_methods_supported"])

    def test_a_token_within_the_skew_still_gets_an_entry(self):
        self.daemon.ctl("client", "add", "short", "--scope", "a", "--ttl", "1", "--audience", "urn:s")
        short = self.daemon.ctl("client", "rotate-secret", "short")["client_secret"]
        token = self.daemon.token("short", short)[1]["access_token"]
        time.sleep(2)  # expired, but a verifier may still take it
        body = urllib.parse.urlencode({"token": token})
        self.assertEqual(200, ask(self.daemon, body, {**FORM, **basic("short", short)})[0])
        self.assertEqual(1, len(self.entries(claims_of(token)["jti"])))


class Administration(Rig):
    def test_every_criterion(self):
        token = self.token()
        claims = claims_of(token)
        kid = self.daemon.ctl("key", "list")["keys"][0]["kid"]
        now = time.time()
        cases = [
            (["--jti", "A" * 22], "token", "A" * 22, 24 * 3600),
            (["--family", "B" * 22], "family", "B" * 22, YEAR_S),
            (["--client", "other"], "client", "other", YEAR_S),
            (["--subject", "somebody"], "subject", "somebody", YEAR_S),
            (["--kid", kid], "key", kid, YEAR_S),
            (["--tenant", "acme"], "tenant", "", YEAR_S),
            (["--client", "svc", "--tenant", "acme"], "client", "svc", YEAR_S),
        ]
        for arguments, kind, value, lifetime in cases:
            answer = self.daemon.ctl("token", "revoke", *arguments)
            self.assertEqual((True, kind, value), (answer["fresh"], answer["kind"], answer["value"]), arguments)
            self.assertAlmostEqual(now + lifetime, instant(answer["expires_at"]), delta=60)
            if kind in ("token", "family"):
                self.assertIsNone(answer["issued_before"])
                self.assertFalse(self.daemon.ctl("token", "revoke", *arguments)["fresh"])
            else:
                self.assertAlmostEqual(now * 1000, answer["issued_before_ms"], delta=60_000)
            tenant = "acme" if "acme" in arguments else "default"
            rows = [r for r in self.listed(tenant=tenant, kind=kind) if r["value"] == value]
            self.assertEqual(1, len(rows), arguments)
        answer = self.daemon.ctl("token", "revoke", "--token-stdin", stdin=token + "\n")
        self.assertEqual(("token", claims["jti"], claims["exp"]),
                         (answer["kind"], answer["value"], instant(answer["expires_at"])))

    def test_issued_before_only_rises_and_is_never_ahead(self):
        revoke = lambda *more: self.daemon.ctl("token", "revoke", "--subject", "riser", *more)
        then = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(days=30)
        first = revoke("--issued-before", then.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.assertEqual(then.timestamp(), instant(first["issued_before"]))
        # The same instant, two hours further east.
        east = then.astimezone(datetime.timezone(datetime.timedelta(hours=2)))
        earlier = revoke("--issued-before", east.isoformat())
        self.assertFalse(earlier["fresh"])
        self.assertTrue(revoke()["fresh"])
        code, _, err = self.daemon.ctl("token", "revoke", "--subject", "riser", "--issued-before",
                                       "2999-01-01T00:00:00Z", check=False)
        self.assertEqual(1, code)
        self.assertIn("future", err)
        code, _, err = self.daemon.ctl("token", "revoke", "--subject", "riser", "--issued-before",
                                       "2001-01-01T00:00:00Z", check=False)
        self.assertEqual(1, code, "nothing of then is alive")

    def test_what_is_not_there_is_refused_with_what_to_do(self):
        for arguments, hint in (
                (["--client", "nobody"], "client list"), (["--kid", "nokey"], "key list"),
                (["--tenant", "nowhere"], "tenant list"), (["--client", "other", "--tenant", "acme"], "client list"),
                (["--jti", "short"], "22 characters"), (["--family", "not/base64url/not/base64"], "22 characters")):
            code, out, err = self.daemon.ctl("token", "revoke", *arguments, check=False)
            self.assertEqual((1, ""), (code, out), arguments)
            self.assertIn(hint, err)
        for text in ("x", self.token("svc", "acme"), self.token()[:-3]):
            code, _, err = self.daemon.ctl("token", "revoke", "--token-stdin", stdin=text, check=False)
            self.assertEqual(1, code)
            self.assertNotIn(text if len(text) > 1 else "\0", err, "no token in a message")
        token = self.token("svc", "acme")
        answer = self.daemon.ctl("token", "revoke", "--token-stdin", "--tenant", "acme", stdin=token)
        self.assertEqual(claims_of(token)["jti"], answer["value"])

    def test_removing_a_client_ends_what_it_was_given(self):
        self.daemon.ctl("client", "add", "leaver", "--scope", "a")
        self.daemon.ctl("client", "remove", "leaver", "--yes")
        (row,) = self.entries("leaver", kind="client")
        self.assertAlmostEqual(time.time() * 1000, row["issued_before_ms"], delta=60_000)
        self.daemon.ctl("client", "add", "stayer", "--scope", "a")
        self.daemon.ctl("client", "disable", "stayer")
        self.assertEqual([], self.entries("stayer"), "disabling is undone by enabling")

    def test_lists_in_pages(self):
        made = [f"page-{n:02}" + "P" * 15 for n in range(12)]
        for jti in made:
            self.daemon.ctl("token", "revoke", "--jti", jti, "--tenant", "acme")
        everything = [r["value"] for r in self.listed(tenant="acme", kind="token")]
        self.assertTrue(set(made) <= set(everything))
        self.assertEqual(everything[:5], [r["value"] for r in self.listed(tenant="acme", kind="token", limit="5")])
        sequences = [r["sequence"] for r in self.listed(tenant="acme")]
        self.assertEqual(sorted(set(sequences)), sequences)
        code, _, _ = self.daemon.ctl("revocation", "list", "--kind", "nonsense", check=False)
        self.assertEqual(2, code)

    def test_metrics_count_them(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.daemon.port + 1}/metrics") as answer:
            text = answer.read().decode()
        live = self.live()
        self.assertIn(f"signet_revocations_live {live['live']}\n", text)
        self.assertIn(f"signet_revocation_criteria {live['criteria']}\n", text)
        self.assertGreater(live["bytes"], 0)


class Durability(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-revoke-"))
        self.port = free_port()

    def tearDown(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self, **named):
        return Daemon.start(data_dir=self.dir, port=self.port, **named)

    def revoke(self, daemon, token):
        return ask(daemon, urllib.parse.urlencode({"token": token}), {**FORM, **basic("demo", daemon.secret())})

    def test_what_was_answered_is_there_after_a_kill(self):
        daemon = self.start()
        answered = []
        for _ in range(20):
            token = daemon.token("demo", daemon.secret())[1]["access_token"]
            self.assertEqual(200, self.revoke(daemon, token)[0])
            answered.append(claims_of(token)["jti"])
        daemon.kill()
        daemon = self.start()
        listed = [row["value"] for row in daemon.ctl("revocation", "list")["revocations"]]
        self.assertEqual(answered, listed)
        self.assertEqual(20, daemon.ctl("status")["revocations"]["live"])
        self.assertEqual(0, daemon.stop())

    def test_a_failed_sync_is_never_answered_with_200(self):
        daemon = self.start()
        self.assertEqual(0, daemon.stop())
        daemon = self.start(wrap=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
                                  "-e", "inject=fdatasync,fsync:error=EIO:when=40+"])
        acknowledged, failed = [], None
        for _ in range(200):
            status, answer = daemon.token("demo", daemon.secret())
            if status != 200:
                break
            status, headers, body = self.revoke(daemon, answer["access_token"])
            if status == 200:
                acknowledged.append(claims_of(answer["access_token"])["jti"])
                continue
            failed = (status, json.loads(body)["error"], "retry-after" in headers)
            break
        self.assertEqual((503, "temporarily_unavailable", True), failed)
        self.assertEqual(1, daemon.process.wait(60), "exit code of a daemon whose disk failed")
        daemon.kill()
        daemon = self.start()
        listed = {row["value"] for row in daemon.ctl("revocation", "list")["revocations"]}
        self.assertEqual(set(), set(acknowledged) - listed, "acknowledged but lost")
        self.assertEqual(0, daemon.stop())


if __name__ == "__main__":
    unittest.main()
