"""vCloud Director: users' API tokens, from their registration to their use. Names of the tests carry the section of the
contract and the row of its table that they show."""

import base64
import json
import sys
import time
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from at_once import at_once  # noqa: E402
from exchange import ask, segments  # noqa: E402
from slow_disk import SlowDisk  # noqa: E402
from vcloud import JWT_BEARER, Client  # noqa: E402
from vcloud_case import UUID, VcloudCase  # noqa: E402


class Tokens(VcloudCase):
    def test_1_2_the_demo_token_is_traded_and_stays(self):
        for _ in range(2):
            body = self.session(self.admin.refresh(self.demo["api_token"]))
            self.assertEqual({"access_token", "token_type", "expires_in"}, set(body))
        self.assertEqual(32, len(self.demo["api_token"]))

    def test_1_2_the_access_token_has_the_documented_shape(self):
        before = int(time.time())
        body = self.session(self.admin.refresh(self.demo["api_token"]))
        header, claims = segments(body["access_token"])
        self.assertEqual('{"alg":"RS256"}', header)
        self.assertRegex(claims, r'^\{"sub":"' + self.demo["username"] + r'","iss":"' + UUID + "@" + UUID +
                         r'","exp":\d+,"version":"vcloud_1\.0","jti":"[0-9a-f]{32}"\}$')
        self.assertLessEqual(before + body["expires_in"], json.loads(claims)["exp"])

    def test_1_1_every_way_to_the_endpoint(self):
        form = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": self.demo["api_token"]})
        typed = {"Content-Type": "application/x-www-form-urlencoded"}
        for path in ("/oauth/provider/token", "/oauth/tenant/System/token", "/oauth/tenant/system/token",
                     "/oauth/tenant/SYSTEM/token", "/oauth/tenant/default/token", "/tm/oauth/provider/token",
                     "/tm/oauth/tenant/system/token"):
            self.session(ask(self.port, "POST", path, form, typed))
        for accept in ("application/json", "application/*;version=37.0", "application/json;version=39.1",
                       "application/json;version=", "application/json; version=36.1", "*/*"):
            self.session(ask(self.port, "POST", "/oauth/provider/token", form, {**typed, "Accept": accept}))
        self.session(ask(self.port, "POST", "/oauth/provider/token", form,
                         {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}))

    def test_1_3_the_query_is_read_too_and_the_body_wins(self):
        query = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": self.demo["api_token"]})
        self.session(ask(self.port, "POST", "/oauth/provider/token?" + query))
        self.refused(ask(self.port, "POST", "/oauth/provider/token?" + query, "refresh_token=wrong",
                         {"Content-Type": "application/x-www-form-urlencoded"}), 400, "invalid_grant")

    def test_1_3_a_tenant_with_an_at_sign_is_no_harm(self):
        for name in ("user@domain", "user%40domain", "a%2Fb", "%ff", "x" * 300):
            answer = ask(self.port, "POST", f"/oauth/tenant/{name}/token", "grant_type=refresh_token&refresh_token=" +
                         self.demo["api_token"], {"Content-Type": "application/x-www-form-urlencoded"})
            self.assertIn(answer.status, (400, 404), name)

    def test_1_5_a_token_at_the_wrong_tenant_first_is_neither_consumed_nor_locked(self):
        _, token = self.ann.new_token("cpi")
        provider = Client(self.port, "System")
        for _ in range(30):
            self.refused(provider.refresh(token), 400, "invalid_grant")
        self.session(self.ann.refresh(token))

    def test_1_6_row_1_whatever_is_wrong_with_a_token_reads_the_same(self):
        client_id, removed = self.ann.new_token("row 1 removed")
        self.assertEqual(204, self.ann.cloudapi("DELETE", f"tokens/urn:vcloud:token:{client_id}").status)
        self.person("off", "acme")
        off = Client(self.port, "acme", "off", "pass word")
        _, disabled = off.new_token("row 1 disabled")
        self.daemon.ctl("client", "disable", "off", "--tenant", "acme")
        expired = self.daemon.ctl("api-key", "add", "ann", "--tenant", "acme")["key"]  # of another kind, at that
        bodies = set()
        for token in (removed, disabled, expired, "x", "x" * 32, "x" * 31, "x" * 200, "x" * 83, "ä" * 16, " " * 32,
                      self.demo["api_token"]):
            answer = self.ann.refresh(token)
            self.refused(answer, 400, "invalid_grant")
            self.assertNotIn("www-authenticate", answer.fields)
            bodies.add(answer.body)
        self.assertEqual({b'{"minorErrorCode":"invalid_grant","message":"Invalid refresh token","stackTrace":null,'
                          b'"error":"invalid_grant","error_description":"Invalid refresh token"}'}, bodies)

    def test_1_6_row_3_missing_and_repeated_parameters(self):
        for body in ("", "grant_type=refresh_token", "refresh_token=x", "grant_type=refresh_token&refresh_token=",
                     "grant_type=refresh_token&grant_type=refresh_token&refresh_token=x",
                     "grant_type=refresh_token&refresh_token=x&refresh_token=y", "grant_type=%zz",
                     f"grant_type={JWT_BEARER}", f"grant_type={JWT_BEARER}&client_id=x",
                     f"grant_type={JWT_BEARER}&assertion=x"):
            answer = ask(self.port, "POST", "/oauth/provider/token", body,
                         {"Content-Type": "application/x-www-form-urlencoded"})
            self.refused(answer, 400, "invalid_request")
        self.refused(ask(self.port, "POST", "/oauth/provider/token?grant_type=a&grant_type=b"), 400, "invalid_request")

    def test_1_6_row_4_an_unknown_grant_type(self):
        for grant in ("password", "client_credentials", "authorization_code", "Refresh_Token", "x" * 1000):
            self.refused(self.admin.oauth("token", {"grant_type": grant, "refresh_token": "x"}), 400,
                         "unsupported_grant_type")

    def test_1_6_row_5_json_is_415_and_no_type_a_form(self):
        form = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": self.demo["api_token"]})
        self.session(ask(self.port, "POST", "/oauth/provider/token", form, {}))
        as_json = json.dumps({"grant_type": "refresh_token", "refresh_token": self.demo["api_token"]})
        self.refused(ask(self.port, "POST", "/oauth/provider/token", as_json, {"Content-Type": "application/json"}),
                     415, "invalid_request")

    def test_1_6_row_6_an_unknown_organisation_is_not_told_apart(self):
        known = self.ann.refresh("x" * 32)
        unknown = Client(self.port, "nowhere").refresh("x" * 32)
        self.refused(unknown, 400, "invalid_grant")
        self.assertEqual(known.body, unknown.body)
        self.assertEqual(known.body, Client(self.port, "nowhere").refresh(self.demo["api_token"]).body)

    def test_1_6_row_7_a_get_is_405(self):
        for method in ("GET", "PUT", "DELETE"):
            answer = self.admin.oauth("token", None, method=method)
            self.refused(answer, 405, "invalid_request")
            self.assertEqual("POST", answer.fields["allow"])

    def test_1_6_row_10_an_unsupported_version_is_406(self):
        for version in ("34.0", "40.0", "99", "x"):
            self.refused(self.admin.cloudapi("GET", "tokens", version=version), 406, "invalid_request")
        self.assertEqual(200, self.admin.cloudapi("GET", "tokens", version="").status)


class Registration(VcloudCase):
    def test_1_1_a_registration_is_exchanged_once(self):
        registered = self.ann.register({"client_name": "once"})
        self.assertIn(registered.status, (200, 201))
        client_id = registered.json()["client_id"]
        self.assertRegex(client_id, f"^{UUID}$")
        self.assertEqual("once", registered.json()["client_name"])
        shown = self.ann.cloudapi("GET", f"tokens/urn:vcloud:token:{client_id}")  # as the Go client does now
        self.assertEqual(200, shown.status, shown.body)
        self.assertEqual("acme", shown.json()["org"]["name"])
        body = self.session(self.ann.exchange(client_id))
        self.assertRegex(body["refresh_token"], r"^[\w-]{32}$")
        for _ in range(2):
            self.refused(self.ann.exchange(client_id), 400, "invalid_grant")
        self.session(self.ann.refresh(body["refresh_token"]))
        self.assertIn("once", [one["name"] for one in self.daemon.ctl("api-key", "list", "--client", "ann", "--tenant",
                                                                       "acme")["api_keys"]])

    def test_1_1_two_exchanges_at_the_same_time_have_one_winner(self):
        client_id = self.ann.register({"client_name": "race"}).json()["client_id"]
        # Slow, so that what is not yet gone when the last one is answered is seen below.
        with SlowDisk(self.daemon.process.pid, 0.2):
            answers = at_once(16, lambda: self.ann.exchange(client_id))
            keys = self.daemon.ctl("api-key", "list", "--client", "ann", "--tenant", "acme")["api_keys"]
        won = [answer for answer in answers if answer.status == 200]
        self.assertEqual(1, len(won), [answer.status for answer in answers])
        self.assertEqual({200, 400}, {answer.status for answer in answers})
        self.assertEqual(1, sum(one["name"] == "race" for one in keys), "those of the losers are gone")
        self.session(self.ann.refresh(won[0].json()["refresh_token"]))

    def test_1_1_only_its_owner_exchanges_it_and_only_with_a_session(self):
        self.person("bob", "acme")
        bob = Client(self.port, "acme", "bob", "pass word")
        client_id = self.ann.register({"client_name": "mine"}).json()["client_id"]
        head, claims, signature = self.ann.token.split(".")
        forged = base64.urlsafe_b64encode(json.dumps({**json.loads(segments(self.ann.token)[1]), "sub": "ann"})
                                          .encode()).decode().rstrip("=")
        with_key = self.ann.refresh(self.ann.new_token("of a session")[1]).json()["access_token"]
        for assertion in (bob.token, self.admin.token, "x", f"{head}.{forged}.{signature}", head + "." + claims + ".",
                          with_key, self.daemon.token("demo", self.daemon.secret())[1]["access_token"]):
            self.refused(self.ann.exchange(client_id, assertion), 400, "invalid_grant")
        self.refused(self.admin.exchange(client_id, self.ann.token), 400, "invalid_grant")
        for other in ("x", client_id[:-1], "00000000-0000-4000-8000-000000000000"):
            self.refused(self.ann.exchange(other), 400, "invalid_grant")
        self.session(self.ann.exchange(client_id))

    def test_1_6_row_9_register_without_a_bearer_and_twice(self):
        answer = ask(self.port, "POST", "/oauth/tenant/acme/register", '{"client_name":"x"}',
                     {"Content-Type": "application/json"})
        self.refused(answer, 401, "invalid_token")
        self.assertIn(self.ann.register({"client_name": "twice"}).status, (200, 201))
        self.refused(self.ann.register({"client_name": "twice"}), 400, "invalid_request")
        self.assertIn(self.admin.register({"client_name": "twice"}).status, (200, 201), "names are one owner's")

    def test_a_bad_registration_is_refused(self):
        for body in ({}, {"client_name": ""}, {"client_name": "x" * 129}, {"client_name": "a\u0000b"},
                     {"client_name": 7}, [], {"client_name": "n", "software_id": "no uuid"},
                     {"client_name": "n", "software_id": 1}):
            self.refused(self.admin.register(body), 400, "invalid_request")
        self.refused(self.ann.register({"client_name": "sa", "software_id": "12345678-1234-1234-1234-1234567890ab"}),
                     403, "access_denied")

    def test_a_session_of_another_tenant_registers_nothing(self):
        other = Client(self.port, "System")
        other.token = self.ann.token
        self.refused(other.register({"client_name": "astray"}), 401, "invalid_token")

    def test_1_5_a_session_from_an_api_token_may_not_manage_tokens(self):
        client_id, token = self.ann.new_token("for a session")
        other = Client(self.port, "acme")
        other.token = self.ann.refresh(token).json()["access_token"]
        self.assertEqual(200, other.cloudapi("GET", "sessions/current").status)
        for answer in (other.register({"client_name": "more"}), other.cloudapi("GET", "tokens"),
                       other.cloudapi("GET", f"tokens/urn:vcloud:token:{client_id}"),
                       other.cloudapi("DELETE", f"tokens/urn:vcloud:token:{client_id}")):
            self.refused(answer, 403, "access_denied")


if __name__ == "__main__":
    unittest.main()
