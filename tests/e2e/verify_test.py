"""/verify as reverse proxies ask it: status codes, fields, challenges, in the shapes of nginx, Envoy and Traefik."""

import http.client
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.token = cls.daemon.token("demo", cls.daemon.secret(), scope="a.read b.read")[1]["access_token"]

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def ask(self, target="/verify?audience=urn:demo", token=None, method="GET", headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=30)
        send = dict(headers or {})
        if token is not False:
            send.setdefault("Authorization", "Bearer " + (token or self.token))
        connection.request(method, target, headers=send, body=body)
        answer = connection.getresponse()
        content = answer.read()
        # The connection goes on: whatever came with the request was framed.
        connection.request("GET", "/healthz")
        self.assertEqual(200, connection.getresponse().status)
        connection.close()
        return answer.status, dict(answer.getheaders()), content

    def test_passes_with_the_fields_of_the_token(self):
        for _ in range(2):
            status, headers, content = self.ask()
            self.assertEqual((200, b""), (status, content))
            self.assertEqual(("demo", "demo", "a.read%20b.read"),
                             tuple(headers["X-Signet-" + name] for name in ("Client", "Subject", "Scope")))
            self.assertTrue(headers["X-Signet-Expires"].isdigit())
            self.assertEqual("no-store", headers["Cache-Control"])

    def test_any_method_and_any_body(self):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            body = b"anything \x00 at all" if method in ("POST", "PUT", "PATCH", "DELETE") else None
            status, headers, content = self.ask(method=method, body=body)
            self.assertEqual((200, b""), (status, content), method)
            self.assertEqual("demo", headers["X-Signet-Client"])

    def test_nginx_sends_a_get_without_a_body(self):
        self.assertEqual(200, self.ask(headers={"Content-Length": "0", "X-Original-URI": "/orders?x=1"})[0])

    def test_traefik_sends_forwarded_fields(self):
        headers = {"X-Forwarded-Method": "POST", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.example",
                   "X-Forwarded-Uri": "/orders?audience=urn:other", "X-Forwarded-For": "192.0.2.1"}
        self.assertEqual(200, self.ask(headers=headers)[0])
        self.assertEqual(401, self.ask("/verify?audience=urn:other", headers=headers)[0])

    def test_envoy_keeps_method_and_path_and_cannot_be_told_another_audience(self):
        prefix = "/verify/envoy?audience=urn:demo&path="
        self.assertEqual(200, self.ask(prefix + "/orders/7?x=1&x=2&y=%zz", method="DELETE")[0])
        self.assertEqual(400, self.ask(prefix + "/orders?x=1&audience=urn:other")[0])
        self.assertEqual(400, self.ask("/verify/envoy?audience=urn:other&path=/orders?x&audience=urn:demo")[0])

    def test_an_audience_is_required(self):
        status, _, content = self.ask("/verify")
        self.assertEqual(400, status)
        self.assertIn(b"audience", content)
        self.assertEqual(401, self.ask("/verify?audience=urn:other")[0])
        self.assertEqual(404, self.ask("/verify?dialect=none")[0])

    def test_challenges(self):
        status, headers, _ = self.ask(token=False)
        self.assertEqual((401, 'Bearer realm="signet"'), (status, headers["WWW-Authenticate"]))
        status, headers, _ = self.ask(token="x.y.z")
        self.assertEqual((401, 'Bearer realm="signet", error="invalid_token"'), (status, headers["WWW-Authenticate"]))
        status, headers, _ = self.ask("/verify?audience=urn:demo&scope=a.write")
        self.assertEqual((403, 'Bearer realm="signet", error="insufficient_scope", scope="a.write"'),
                         (status, headers["WWW-Authenticate"]))
        self.assertFalse([name for name in headers if name.startswith("X-Signet")])

    def test_a_subject_stays_in_its_field(self):
        issued = self.daemon.ctl("token", "issue", "--client", "demo", "--subject", "a\r\nX-Signet-Client: root")
        status, headers, _ = self.ask(token=issued["access_token"])
        self.assertEqual((200, "demo", "a%0D%0AX-Signet-Client:%20root"),
                         (status, headers["X-Signet-Client"], headers["X-Signet-Subject"]))

    def test_a_disabled_client_is_out_at_once(self):
        made = self.daemon.ctl("client", "add", "svc.off", "--audience", "urn:demo")
        token = self.daemon.token("svc.off", made["client_secret"])[1]["access_token"]
        self.assertEqual(200, self.ask(token=token)[0])
        self.daemon.ctl("client", "disable", "svc.off")
        self.assertEqual(401, self.ask(token=token)[0])


if __name__ == "__main__":
    unittest.main()
