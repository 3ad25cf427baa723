"""The token endpoint as a client meets it: what is refused, how, and that the refusals do not tell clients apart."""

import base64
import http.client
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def basic(client_id, secret):
    text = client_id + ":" + secret if isinstance(client_id, str) else client_id
    return {"Authorization": "Basic " + base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()}


class TokenEndpoint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.secret = cls.daemon.secret()

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def ask(self, body="grant_type=client_credentials", headers=None, method="POST", path="/oauth2/token"):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=10)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def refused(self, status, error, *arguments, **named):
        got, headers, body = self.ask(*arguments, **named)
        self.assertEqual((status, error), (got, json.loads(body)["error"]), body)
        self.assertEqual("application/json", headers["content-type"])
        self.assertEqual("no-store", headers["cache-control"])
        self.assertNotIn("access_token", json.loads(body))
        return headers, body

    def good(self, **extra):
        return {**FORM, **basic("demo", self.secret), **extra}

    def test_issues_all_scopes_when_none_is_asked(self):
        status, headers, body = self.ask(headers=self.good())
        answer = json.loads(body)
        self.assertEqual(200, status, body)
        self.assertEqual({"access_token", "token_type", "expires_in", "scope"}, set(answer))
        self.assertEqual("a.read a.write b.read", answer["scope"])
        self.assertEqual(900, answer["expires_in"])
        self.assertEqual(("no-store", "no-cache"), (headers["cache-control"], headers["pragma"]))
        self.assertIn("date", headers)

    def test_takes_form_encoded_basic_and_lower_case_scheme(self):
        encoded = "".join(f"%{ord(c):02x}" for c in self.secret)
        token = base64.b64encode(f"%64emo:{encoded}".encode()).decode()
        self.assertEqual(200, self.ask(headers={**FORM, "Authorization": "basic " + token})[0])

    def test_takes_client_secret_post_and_charset(self):
        body = f"grant_type=client%5Fcredentials&client_id=demo&client_secret={self.secret}"
        headers = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
        self.assertEqual(200, self.ask(body, headers)[0])

    def test_takes_an_equal_client_id_beside_basic(self):
        self.assertEqual(200, self.ask("grant_type=client_credentials&client_id=demo", self.good())[0])

    def test_ignores_unknown_parameters(self):
        self.assertEqual(200, self.ask("grant_type=client_credentials&foo=bar", self.good())[0])

    def test_takes_chunked_bodies(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=10)
        connection.request("POST", "/oauth2/token", body=iter([b"grant_type=", b"client_credentials"]),
                           headers=self.good(), encode_chunked=True)
        self.assertEqual(200, connection.getresponse().status)
        connection.close()

    def test_unknown_client_and_wrong_secret_get_the_same_bytes(self):
        answers = [self.refused(401, "invalid_client", headers={**FORM, **basic(i, s)})
                   for i, s in (("demo", "x" * 43), ("nobody", "x" * 43), ("demo", self.secret[:-1] + "!"))]
        self.assertEqual(1, len({body for _, body in answers}))
        for headers, _ in answers:
            self.assertIn("www-authenticate", headers)
            headers.pop("date")
        self.assertEqual(answers[0][0], answers[1][0])

    def test_wrong_secret_in_the_body_gets_no_challenge(self):
        headers, _ = self.refused(401, "invalid_client",
                                  "grant_type=client_credentials&client_id=demo&client_secret=" + "x" * 43, FORM)
        self.assertNotIn("www-authenticate", headers)

    def test_malformed_basic_is_401_never_500(self):
        for value in ("Basic", "Basic ", "Basic !!!!", "Basic " + base64.b64encode(b"nocolon").decode(),
                      "Basic " + base64.b64encode(b"demo:\xff\xfe").decode(),
                      "Basic " + base64.b64encode(b"demo:%zz").decode(), "Bearer abc", "Digest a=b"):
            self.refused(401, "invalid_client", headers={**FORM, "Authorization": value})

    def test_two_authentication_methods_are_400(self):
        self.refused(400, "invalid_request", f"grant_type=client_credentials&client_secret={self.secret}", self.good())
        self.refused(400, "invalid_request", "grant_type=client_credentials&client_id=other", self.good())

    def test_no_credentials_are_401(self):
        self.refused(401, "invalid_client", headers=FORM)

    def test_credentials_in_the_query_are_400(self):
        self.refused(400, "invalid_request", headers=FORM,
                     path=f"/oauth2/token?client_id=demo&client_secret={self.secret}")

    def test_refuses_what_is_no_form(self):
        self.refused(400, "invalid_request", '{"grant_type":"client_credentials"}',
                     self.good(**{"Content-Type": "application/json"}))
        self.refused(400, "invalid_request", headers=basic("demo", self.secret))

    def test_refuses_repeated_and_broken_parameters(self):
        for body in ("grant_type=client_credentials&grant_type=client_credentials", "grant_type=%zz",
                     "grant_type=client_credentials&scope=a.read&scope=a.write", "grant_type=%ff",
                     "grant_type=client_credentials&" + "&".join(f"p{n}=1" for n in range(70))):
            self.refused(400, "invalid_request", body, self.good())

    def test_missing_and_unknown_grant_types(self):
        self.refused(400, "invalid_request", "scope=a.read", self.good())
        self.refused(400, "invalid_request", "grant_type=", self.good())
        self.refused(400, "unsupported_grant_type", "grant_type=password", self.good())

    def test_scope_narrows_and_never_grows(self):
        status, _, body = self.ask("grant_type=client_credentials&scope=b.read+a.read", self.good())
        self.assertEqual((200, "b.read a.read"), (status, json.loads(body)["scope"]))
        for scope in ("c.read", "a.read+c.read", "a.read++b.read", "A.READ", "a.read%22", "+a.read"):
            self.refused(400, "invalid_scope", f"grant_type=client_credentials&scope={scope}", self.good())

    def test_resource_narrows_and_never_grows(self):
        self.assertEqual(200, self.ask("grant_type=client_credentials&resource=urn%3Ademo", self.good())[0])
        for resource in ("urn:other", "relative/path", "https://api.example.com/#fragment"):
            self.refused(400, "invalid_target", f"grant_type=client_credentials&resource={resource}", self.good())

    def test_several_resources_make_an_array_one_makes_a_string(self):
        made = self.daemon.ctl("client", "add", "two-audiences", "--audience", "urn:one", "--audience", "urn:two")
        def audience(**parameters):
            _, body = self.daemon.token(made["client_id"], made["client_secret"], **parameters)
            payload = body["access_token"].split(".")[1]
            return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["aud"]
        self.assertEqual(["urn:one", "urn:two"], audience())
        self.assertEqual("urn:two", audience(resource="urn:two"))
        self.assertEqual(["urn:two", "urn:one"], audience(resource=["urn:two", "urn:one"]))

    def test_a_client_without_the_grant_is_unauthorized(self):
        made = self.daemon.ctl("client", "add", "no-grant", "--grant", "refresh_token")
        status, body = self.daemon.token(made["client_id"], made["client_secret"])
        self.assertEqual((400, "unauthorized_client"), (status, body["error"]))

    def test_disable_enable_rotate_and_remove_take_effect_at_once(self):
        made = self.daemon.ctl("client", "add", "short-lived")
        identity = (made["client_id"], made["client_secret"])
        self.assertEqual(200, self.daemon.token(*identity)[0])
        self.daemon.ctl("client", "disable", "short-lived")
        self.assertEqual(401, self.daemon.token(*identity)[0])
        self.daemon.ctl("client", "enable", "short-lived")
        self.assertEqual(200, self.daemon.token(*identity)[0])
        rotated = self.daemon.ctl("client", "rotate-secret", "short-lived")
        self.assertEqual(200, self.daemon.token("short-lived", rotated["client_secret"])[0])
        self.assertEqual(200, self.daemon.token(*identity)[0], "both live until the old one is dropped")
        self.daemon.ctl("client", "drop-secret", "short-lived")
        self.assertEqual(401, self.daemon.token(*identity)[0])
        self.assertEqual(200, self.daemon.token("short-lived", rotated["client_secret"])[0])
        self.daemon.ctl("client", "remove", "short-lived", "--yes")
        self.assertEqual(401, self.daemon.token("short-lived", rotated["client_secret"])[0])

    def test_other_methods_are_405_with_allow(self):
        for method in ("GET", "PUT", "DELETE", "OPTIONS"):
            headers, _ = self.refused(405, "invalid_request", body=None, method=method)
            self.assertEqual("POST", headers["allow"])

    def test_unknown_paths_and_tenants_are_404(self):
        for path in ("/", "/oauth2/token/", "/t/none/oauth2/token", "/t//oauth2/token", "/t/a/b/oauth2/token",
                     "/oauth2//token", "/OAUTH2/TOKEN"):
            self.refused(404, "invalid_request", headers=self.good(), path=path)

    def test_the_default_tenant_has_no_path_of_its_own(self):
        for path in ("/t/default/oauth2/token", "/t/default/oauth2/token/batch"):
            self.refused(404, "invalid_request", headers=self.good(), path=path)


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def get(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=10)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body

    def test_jwks_has_public_keys_only(self):
        status, headers, body = self.get("/.well-known/jwks.json")
        self.assertEqual(200, status)
        self.assertIn("max-age=300", headers["cache-control"])
        keys = json.loads(body)["keys"]
        self.assertLessEqual({"EdDSA", "ES256", "PS256", "RS256"}, {k["alg"] for k in keys})
        for key in keys:
            self.assertFalse({"d", "p", "q", "dp", "dq", "qi", "k"} & set(key))

    def test_etag_gives_304_and_changes_with_the_keys(self):
        _, headers, _ = self.get("/.well-known/jwks.json")
        tag = headers["etag"]
        for value in (tag, "W/" + tag, '"other", ' + tag, "*"):
            status, again, body = self.get("/.well-known/jwks.json", **{"If-None-Match": value})
            self.assertEqual((304, b"", tag), (status, body, again["etag"]))
        self.assertEqual(200, self.get("/.well-known/jwks.json", **{"If-None-Match": '"other"'})[0])
        self.daemon.ctl("key", "add", "--alg", "Ed25519")
        status, headers, _ = self.get("/.well-known/jwks.json", **{"If-None-Match": tag})
        self.assertEqual(200, status)
        self.assertNotEqual(tag, headers["etag"])

    def test_head_is_get_without_a_body(self):
        for path in ("/.well-known/jwks.json", "/healthz", "/readyz", "/.well-known/openid-configuration"):
            status, headers, body = self.get(path, "HEAD")
            length = len(self.get(path)[2])
            self.assertEqual((200, b"", str(length)), (status, body, headers["content-length"]), path)

    def test_metadata_and_its_aliases_are_one_document(self):
        bodies = {self.get(path)[2] for path in ("/.well-known/oauth-authorization-server",
                                                 "/.well-known/openid-configuration")}
        self.assertEqual(1, len(bodies))
        document = json.loads(bodies.pop())
        self.assertEqual(self.daemon.issuer, document["issuer"])
        self.assertEqual(self.daemon.issuer + "/oauth2/token", document["token_endpoint"])

    def test_tenant_metadata_is_served_inserted_and_appended(self):
        self.daemon.ctl("tenant", "add", "acme")
        paths = ["/.well-known/oauth-authorization-server/t/acme", "/t/acme/.well-known/oauth-authorization-server",
                 "/.well-known/openid-configuration/t/acme", "/t/acme/.well-known/openid-configuration"]
        bodies = {self.get(path)[2] for path in paths}
        self.assertEqual(1, len(bodies))
        self.assertEqual(self.daemon.issuer + "/t/acme", json.loads(bodies.pop())["issuer"])
        self.daemon.ctl("tenant", "remove", "acme")
        for path in paths:
            self.assertEqual(404, self.get(path)[0])

    def test_documents_of_the_default_tenant_are_served_at_one_place(self):
        for path in ("/t/default/.well-known/jwks.json", "/t/default/.well-known/oauth-authorization-server",
                     "/t/default/.well-known/openid-configuration",
                     "/.well-known/oauth-authorization-server/t/default",
                     "/.well-known/openid-configuration/t/default"):
            self.assertEqual(404, self.get(path)[0], path)

    def test_metrics_are_on_the_console_listener_only(self):
        self.assertEqual(404, self.get("/metrics")[0])
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port + 1, timeout=10)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        self.assertTrue(answer.getheader("content-type").startswith("text/plain; version=0.0.4"))
        for name in ("signet_http_requests_total", "signet_http_request_duration_seconds_bucket",
                     "process_resident_memory_bytes"):
            self.assertIn(name, text)


if __name__ == "__main__":
    unittest.main()
