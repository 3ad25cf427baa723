"""VietQR as issuer, as its partners' clients meet it. Names of the tests carry the section of the contract and the row
of its table that they show."""

import base64
import hashlib
import hmac
import json
import re
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from exchange import ask, ask_raw, basic, segments  # noqa: E402
from signet_daemon import Daemon  # noqa: E402

TOKEN = "/vqr/api/token_generate"
PROBE = "/vqr/api/token"


class VietQr(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.account = json.loads((cls.daemon.data_dir / "demo.json").read_text())["vietqr"]
        cls.basic = basic(cls.account["username"], cls.account["password"])

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def ask(self, method, target, body=None, **headers):
        return ask(self.daemon.port, method, target, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def token(self):
        answer = self.ask("POST", TOKEN, "{}", Authorization=self.basic, Content_Type="application/json")
        self.assertEqual(200, answer.status, answer.body)
        return answer.json()["access_token"]

    def refused(self, answer):
        self.assertEqual(401, answer.status, answer.body)
        self.assertEqual('Basic realm="Realm"', answer.fields["www-authenticate"])
        self.assertEqual("application/json", answer.fields["content-type"])
        self.assertEqual({"status": "FAILED", "message": "E76", "error": "invalid_client"}, answer.json())

    def test_2_1_the_answer_is_read_as_strictly_as_its_clients_do(self):
        answer = self.ask("POST", TOKEN, "{}", Authorization=self.basic, Content_Type="application/json")
        self.assertEqual(200, answer.status)  # one client takes no other status for success
        self.assertEqual("application/json", answer.fields["content-type"])
        self.assertEqual("no-store", answer.fields["cache-control"])
        self.assertRegex(answer.body.decode(),
                         r'^\{"access_token":"[\w.-]+","token_type":"Bearer","expires_in":300\}$')
        header, claims = segments(answer.json()["access_token"])
        self.assertEqual('{"alg":"HS512"}', header)
        user = base64.b64encode(self.account["username"].encode()).decode()
        self.assertRegex(claims, r'^\{"authorities":\["ROLE_USER"\],"user":"' + re.escape(user) +
                         r'","iat":\d+,"exp":\d+\}$')
        read = json.loads(claims)
        self.assertEqual(300, read["exp"] - read["iat"])
        self.assertLess(abs(time.time() - read["iat"]), 60)

    def test_2_2_row_3_the_body_is_ignored_whatever_it_is(self):
        for body, kind in ((None, None), ("{}", "application/json"), ("[]", "application/json"),
                           ("{broken", "application/json"), ("a=b", "text/plain"), ("a=b&a=c", "application/"
                           "x-www-form-urlencoded")):
            headers = {"Authorization": self.basic} | ({"Content-Type": kind} if kind else {})
            self.assertEqual(200, ask(self.daemon.port, "POST", TOKEN, body, headers).status, (body, kind))

    def test_2_1_a_post_without_any_length_is_an_empty_one(self):
        text = f"POST {TOKEN} HTTP/1.1\r\nHost: x\r\nAuthorization: {self.basic}\r\n\r\n"
        self.assertIn(b" 200 OK\r\n", ask_raw(self.daemon.port, text).split(b"{")[0])

    def test_2_2_row_1_wrong_credentials_of_every_kind_read_alike(self):
        name, password = self.account["username"], self.account["password"]
        self.daemon.ctl("client", "add", "qr-machine")
        wrong = [None, "Basic", "Basic !!!", "Basic " + base64.b64encode(b"no-colon").decode(), "Bearer x",
                 basic(name, password + "x"), basic(name, ""), basic("nobody", password), basic(name.upper(), password),
                 basic("qr-machine", password), basic("", password),
                 "Basic " + base64.b64encode(b"\xff\xfe:x").decode()]
        for authorization in wrong:
            headers = {} if authorization is None else {"Authorization": authorization}
            self.refused(ask(self.daemon.port, "POST", TOKEN, "{}", headers))

    def test_2_2_row_1_a_disabled_account_reads_like_a_wrong_one(self):
        self.daemon.ctl("client", "add", "qr-off", "--password-stdin", stdin="open sesame")
        right = basic("qr-off", "open sesame")
        self.assertEqual(200, self.ask("POST", TOKEN, Authorization=right).status)
        self.daemon.ctl("client", "disable", "qr-off")
        self.refused(self.ask("POST", TOKEN, Authorization=right))
        self.daemon.ctl("client", "enable", "qr-off")
        self.assertEqual(200, self.ask("POST", TOKEN, Authorization=right).status)
        self.daemon.ctl("client", "set-password", "qr-off", stdin="other")
        self.refused(self.ask("POST", TOKEN, Authorization=right))  # from the cache of right ones, too

    def test_2_2_row_2_a_method_is_refused_only_to_who_may_ask(self):
        for method in ("GET", "PUT"):
            answer = self.ask(method, TOKEN, Authorization=self.basic)
            self.assertEqual(405, answer.status, method)
            self.assertEqual("POST", answer.fields["allow"])
            self.assertEqual("FAILED", answer.json()["status"])
            self.refused(self.ask(method, TOKEN))

    def test_2_2_row_4_a_bad_bearer_is_403_e74(self):
        token = self.token()
        good = self.ask("GET", PROBE, Authorization="Bearer " + token)
        self.assertEqual((200, {"status": "SUCCESS", "message": ""}), (good.status, good.json()))
        other = self.daemon.token("demo", (self.daemon.data_dir / "demo-secret").read_text().strip())[1]
        head, body, signature = token.split(".")
        for value in (None, token, "bearer " + token, "Bearer", "Bearer x", "Bearer " + other["access_token"],
                      f"Bearer {head}.{body}.{signature[:-2]}", f"Bearer {head}.{body}.", f"Bearer {head}.{body}",
                      f"Bearer {head}.{'A' + body[1:]}.{signature}"):
            answer = ask(self.daemon.port, "GET", PROBE, None, {} if value is None else {"Authorization": value})
            self.assertEqual((403, "E74"), (answer.status, answer.json()["message"]), value)

    def test_2_2_a_password_may_hold_any_text(self):
        for number, password in enumerate(("a:b:c", "säsam öppna dig", "100% + more", "%41+%42", " spaced ")):
            name = f"qr-text-{number}"
            self.daemon.ctl("client", "add", name, "--password-stdin", stdin=password)
            self.assertEqual(200, self.ask("POST", TOKEN, Authorization=basic(name, password)).status, password)

    def test_2_3_an_empty_suffix_gives_two_slashes(self):
        for target in ("//api/token_generate", "/vqr//api/token_generate", "/api/token_generate",
                       "/vietqr/api/token_generate"):
            self.assertEqual(200, self.ask("POST", target, "{}", Authorization=self.basic).status, target)
        self.assertEqual(404, self.ask("POST", "/vqr/api/token_generate/x", Authorization=self.basic).status)

    def test_the_key_is_the_dialects_own_and_verifies_nowhere_else(self):
        token = self.token()
        keys = [k for k in self.daemon.ctl("key", "list")["keys"] if k.get("dialect") == "vietqr"]
        self.assertEqual(["HS512"], [k["alg"] for k in keys])
        exported = self.daemon.ctl("key", "export-secret", keys[0]["kid"])
        secret = base64.urlsafe_b64decode(exported["k"] + "==")
        self.assertGreaterEqual(len(secret), 64)
        signed, signature = token.rsplit(".", 1)
        made = base64.urlsafe_b64encode(hmac.new(secret, signed.encode(), hashlib.sha512).digest()).decode()
        self.assertEqual(made.rstrip("="), signature)
        secret_of_rs = (self.daemon.data_dir / "demo-rs-secret").read_text().strip()
        answer = self.ask("POST", "/oauth2/introspect", "token=" + token, Authorization=basic("demo-rs", secret_of_rs),
                          Content_Type="application/x-www-form-urlencoded")
        self.assertEqual({"active": False}, answer.json())
        bearer = {"Authorization": "Bearer " + token}
        self.assertEqual(401, ask(self.daemon.port, "GET", "/verify?audience=urn:demo", None, bearer).status)
        self.assertEqual(200, ask(self.daemon.port, "GET", "/verify?dialect=vietqr", None, bearer).status)
        self.assertNotEqual(200, ask(self.daemon.port, "GET", "/verify?dialect=novapost", None, bearer).status)
        self.assertEqual(404, ask(self.daemon.port, "GET", "/verify?dialect=none", None, bearer).status)

    def test_one_token_is_revoked_by_its_text_and_the_others_live(self):
        one = self.token()
        time.sleep(1.1)  # by a clock of seconds, else it is the same token
        other = self.token()
        self.assertNotEqual(one, other)
        verified = {token: {"Authorization": "Bearer " + token} for token in (one, other)}
        self.daemon.ctl("token", "revoke", "--token-stdin", stdin=one)
        self.assertEqual(403, ask(self.daemon.port, "GET", "/verify?dialect=vietqr", None, verified[one]).status)
        self.assertEqual(200, ask(self.daemon.port, "GET", "/verify?dialect=vietqr", None, verified[other]).status)
        head, claims, signature = other.split(".")
        for wrong in (f"{head}.{claims}.{signature[:-2]}AA", f"{head}.{claims}.", head):
            self.assertNotEqual(0, self.daemon.ctl("token", "revoke", "--token-stdin", stdin=wrong, check=False)[0])

    def test_verify_tells_who_it_is_and_follows_revocations(self):
        self.daemon.ctl("client", "add", "qr-revoked", "--password-stdin", stdin="open sesame")
        token = self.ask("POST", TOKEN, Authorization=basic("qr-revoked", "open sesame")).json()["access_token"]
        bearer = {"Authorization": "Bearer " + token}
        answer = ask(self.daemon.port, "POST", "/verify?dialect=vietqr", "ignored", bearer)
        self.assertEqual(200, answer.status)
        self.assertEqual("qr-revoked", answer.fields["x-signet-client"])
        self.assertEqual(json.loads(segments(token)[1])["exp"], int(answer.fields["x-signet-expires"]))
        time.sleep(1.1)  # issued before now, by a clock of seconds: the token has no jti
        self.daemon.ctl("token", "revoke", "--client", "qr-revoked")
        self.assertEqual(403, ask(self.daemon.port, "POST", "/verify?dialect=vietqr", None, bearer).status)
        self.daemon.ctl("client", "remove", "qr-revoked")
        self.assertEqual(403, ask(self.daemon.port, "POST", "/verify?dialect=vietqr", None, bearer).status)


if __name__ == "__main__":
    unittest.main()
