"""POST /oauth2/introspect and its batch form over a real socket: RFC 7662."""

import base64
import http.client
import json
import sys
import time
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402

INACTIVE = {"active": False}


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


class Introspection(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.all = basic("demo-rs", cls.daemon.secret("demo-rs"))
        made = cls.daemon.ctl("client", "add", "rs.other", "--introspect", "urn:other")
        cls.other = basic("rs.other", made["client_secret"])

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def post(self, path, body, authorization, content_type="application/x-www-form-urlencoded", method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=30)
        headers = {"Content-Type": content_type}
        if authorization:
            headers["Authorization"] = authorization
        connection.request(method, path, headers=headers, body=body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), content

    def introspect(self, token, authorization=None, tenant=None, **more):
        path = "/oauth2/introspect" if tenant is None else f"/t/{tenant}/oauth2/introspect"
        form = urllib.parse.urlencode({"token": token, **more})
        status, headers, content = self.post(path, form, authorization or self.all)
        self.assertEqual(200, status, content)
        self.assertEqual("no-store", headers["Cache-Control"])
        return json.loads(content)

    def token(self, **parameters):
        status, answer = self.daemon.token("demo", self.daemon.secret(), **parameters)
        self.assertEqual(200, status, answer)
        return answer["access_token"]

    def test_an_active_token_shows_its_claims(self):
        token = self.token(scope="a.read")
        for _ in range(2):  # checked, then from the cache
            answer = self.introspect(token, token_type_hint="access_token")
            claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
            self.assertEqual({"active": True, "token_type": "Bearer", **claims}, answer)
        self.assertEqual("a.read", answer["scope"])

    def test_what_is_not_active_says_nothing_else(self):
        token = self.token()
        head, payload, signature = token.split(".")
        flipped = ("B" if signature[5] == "A" else "A")
        self.assertEqual(INACTIVE, self.introspect(f"{head}.{payload}.{signature[:5]}{flipped}{signature[6:]}"))
        self.assertEqual(INACTIVE, self.introspect(token[:-1]))
        self.assertEqual(INACTIVE, self.introspect("no token"))
        self.assertEqual(INACTIVE, self.introspect(token, self.other), "another audience's resource server")
        self.assertEqual(INACTIVE, self.introspect("." * 8000))
        self.assertTrue(self.introspect(token)["active"])

    def test_a_token_ends_with_its_time(self):
        self.daemon.ctl("client", "add", "brief", "--audience", "urn:demo")
        active = False
        for ttl_s in (1, 2, 4, 8, 16):
            token = self.daemon.ctl("token", "issue", "--client", "brief", "--ttl", ttl_s)["access_token"]
            ends = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["exp"]
            while self.introspect(token)["active"]:
                self.assertLess(time.time(), ends + 1, "active beyond its time")
                active = True
            self.assertGreaterEqual(time.time(), ends, "ended before its time")
            self.assertEqual(INACTIVE, self.introspect(token))
            if active:
                return  # otherwise this machine was too slow to see it alive: once more, with a longer life
        self.fail("no token was seen active")

    def test_a_disabled_client_ends_its_tokens_at_once_until_it_is_enabled(self):
        made = self.daemon.ctl("client", "add", "svc.off", "--audience", "urn:demo")
        token = self.daemon.token("svc.off", made["client_secret"])[1]["access_token"]
        self.assertTrue(self.introspect(token)["active"])
        self.daemon.ctl("client", "disable", "svc.off")
        self.assertEqual(INACTIVE, self.introspect(token))
        self.daemon.ctl("client", "enable", "svc.off")
        self.assertTrue(self.introspect(token)["active"])
        self.daemon.ctl("client", "remove", "svc.off")
        self.assertEqual(INACTIVE, self.introspect(token))

    def test_extra_claims_and_odd_subjects_are_shown_as_they_are(self):
        subject = "a\r\n\"b\" ö"
        issued = self.daemon.ctl("token", "issue", "--client", "demo", "--subject", subject, "--claims-stdin",
                                 stdin=json.dumps({"level": 7, "deep": {"a": [1, None]}}))
        answer = self.introspect(issued["access_token"])
        self.assertEqual((subject, 7, {"a": [1, None]}), (answer["sub"], answer["level"], answer["deep"]))

    def test_claims_of_the_answers_own_names_cannot_be_issued(self):
        for name in ("active", "token_type"):
            code, _, _ = self.daemon.ctl("token", "issue", "--client", "demo", "--claims-stdin", check=False,
                                         stdin=json.dumps({name: True}))
            self.assertEqual(1, code)

    def test_every_algorithm(self):
        for algorithm in ("EdDSA", "Ed25519", "ES256", "PS256", "RS256"):
            name = f"svc.{algorithm.lower()}"
            made = self.daemon.ctl("client", "add", name, "--alg", algorithm, "--audience", "urn:demo")
            token = self.daemon.token(name, made["client_secret"])[1]["access_token"]
            for _ in range(2):
                self.assertTrue(self.introspect(token)["active"], algorithm)

    def test_who_asks_must_be_known_and_entitled(self):
        form = urllib.parse.urlencode({"token": self.token()})
        for authorization, wanted in ((None, 401), (basic("demo-rs", "wrong"), 401), (basic("nobody", "x"), 401),
                                      (basic("demo", self.daemon.secret()), 403)):
            status, _, content = self.post("/oauth2/introspect", form, authorization)
            self.assertEqual(wanted, status)
            self.assertNotIn(b"active", content)
        status, headers, _ = self.post("/oauth2/introspect", None, self.all, method="GET")
        self.assertEqual((405, "POST"), (status, headers["Allow"]))

    def test_tenants_are_apart(self):
        self.daemon.ctl("tenant", "add", "acme")
        self.daemon.ctl("key", "add", "--tenant", "acme", "--alg", "EdDSA")
        service = self.daemon.ctl("client", "add", "svc", "--tenant", "acme", "--audience", "urn:acme")
        server = self.daemon.ctl("client", "add", "rs", "--tenant", "acme", "--introspect", "*")
        theirs = self.daemon.token("svc", service["client_secret"], tenant="acme")[1]["access_token"]
        asks = basic("rs", server["client_secret"])
        self.assertTrue(self.introspect(theirs, asks, "acme")["active"])
        self.assertEqual(INACTIVE, self.introspect(theirs))
        self.assertEqual(INACTIVE, self.introspect(self.token(), asks, "acme"))

    def test_a_batch_answers_in_order(self):
        tokens = [self.token(scope="a.read") for _ in range(30)]
        for place in (3, 17):
            tokens[place] += "x"
        for _ in range(2):
            status, headers, content = self.post("/oauth2/introspect/batch", json.dumps({"tokens": tokens}), self.all,
                                                 "application/json")
            self.assertEqual((200, "application/json"), (status, headers["Content-Type"]), content)
            answers = json.loads(content)
            self.assertEqual(30, len(answers))
            for place, answer in enumerate(answers):
                if place in (3, 17):
                    self.assertEqual(INACTIVE, answer)
                else:
                    claims = json.loads(base64.urlsafe_b64decode(tokens[place].split(".")[1] + "=="))
                    self.assertEqual(claims["jti"], answer["jti"])

    def test_a_batch_of_a_thousand_and_its_limits(self):
        token = self.token()
        body = json.dumps({"tokens": [token] * 1000})
        self.assertGreater(len(body), 64 * 1024)
        status, _, content = self.post("/oauth2/introspect/batch", body, self.all, "application/json")
        self.assertEqual(200, status)
        self.assertEqual(1000, sum(answer["active"] for answer in json.loads(content)))
        self.assertEqual(400, self.post("/oauth2/introspect/batch", json.dumps({"tokens": [token] * 1001}), self.all,
                                        "application/json")[0])
        self.assertEqual(401, self.post("/oauth2/introspect/batch", "{}", basic("nobody", "x"), "application/json")[0])
        self.assertEqual(403, self.post("/oauth2/introspect/batch", "{}", basic("demo", self.daemon.secret()),
                                        "application/json")[0])

    def test_metadata_and_metrics_know_it(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=10)
        connection.request("GET", "/.well-known/oauth-authorization-server")
        metadata = json.loads(connection.getresponse().read())
        self.assertEqual(self.daemon.issuer + "/oauth2/introspect", metadata["introspection_endpoint"])
        token = self.token()
        self.introspect(token)
        self.introspect(token)
        console = http.client.HTTPConnection("127.0.0.1", self.daemon.port + 1, timeout=10)
        console.request("GET", "/metrics")
        text = console.getresponse().read().decode()
        self.assertRegex(text, r'signet_token_checks_total\{result="active"\} [1-9]')
        self.assertRegex(text, r"signet_verify_cache_hits_total [1-9]")


if __name__ == "__main__":
    unittest.main()
