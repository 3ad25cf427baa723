"""vCloud Director: lists of tokens, sessions, and the documents that clients read. Names of the tests carry the section
of the contract that they show."""

import re
import sys
import time
import unittest
import urllib.parse
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from exchange import ask, basic  # noqa: E402
from vcloud import Client  # noqa: E402
from vcloud_case import UUID, VcloudCase  # noqa: E402

CLOUD = "{http://www.vmware.com/vcloud/v1.5}"
VERSIONS = "{http://www.vmware.com/vcloud/versions}"


class Lists(VcloudCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person("lia", "acme")
        cls.person("chief", "acme", "vcloud.admin")
        cls.lia = Client(cls.port, "acme", "lia", "pass word")
        cls.chief = Client(cls.port, "acme", "chief", "pass word")
        cls.ids = [cls.lia.new_token(f"list {n}")[0] for n in range(5)]

    def listed(self, client, query):
        answer = client.cloudapi("GET", "tokens" + query)
        self.assertEqual(200, answer.status, answer.body)
        body = answer.json()
        self.assertEqual({"resultTotal", "pageCount", "page", "pageSize", "values"}, set(body))
        return body

    def test_1_4_the_object_has_what_clients_read_and_no_secret(self):
        shown = self.lia.cloudapi("GET", f"tokens/urn:vcloud:token:{self.ids[0]}").json()
        self.assertEqual({"id", "name", "owner", "org", "type", "expirationTimeUtc", "requireRotation"}, set(shown))
        self.assertEqual(("list 0", "lia", "acme", "REFRESH"),
                         (shown["name"], shown["owner"]["name"], shown["org"]["name"], shown["type"]))
        self.assertRegex(shown["owner"]["id"], f"^urn:vcloud:user:{UUID}$")
        self.assertRegex(shown["org"]["id"], f"^urn:vcloud:org:{UUID}$")

    def test_1_1_what_is_not_there_or_not_yours_is_403(self):
        for client, urn in ((self.ann, f"urn:vcloud:token:{self.ids[0]}"), (self.lia, "urn:vcloud:token:" + "0" * 36),
                            (self.lia, "urn:vcloud:token:00000000-0000-4000-8000-000000000000"), (self.lia, "x"),
                            (self.admin, f"urn:vcloud:token:{self.ids[0]}"), (self.lia, "%2e%2e")):
            for method in ("GET", "DELETE"):
                self.refused(client.cloudapi(method, "tokens/" + urn), 403, "access_denied")
        self.assertEqual(200, self.chief.cloudapi("GET", f"tokens/urn:vcloud:token:{self.ids[0]}").status)

    def test_1_1_lists_as_their_clients_ask(self):
        wanted = urllib.parse.quote("(name==list 1;owner.name==lia;(type==PROXY,type==REFRESH))")
        go = self.listed(self.lia, f"/?filter={wanted}&pageSize=128")
        self.assertEqual(["list 1"], [one["name"] for one in go["values"]])
        cse = self.listed(self.lia, "?page=1&pageSize=1&filterEncoded=true&sortAsc=name&filter=" +
                          urllib.parse.quote("(name==list%201;owner.name==lia;(type==PROXY,type==REFRESH))"))
        self.assertEqual(go["values"], cse["values"])
        self.assertEqual((1, 1, 1, 1), (cse["resultTotal"], cse["pageCount"], cse["page"], cse["pageSize"]))
        nothing = self.listed(self.lia, "?filter=" + urllib.parse.quote("(name==none)"))
        self.assertEqual(([], 0, 0), (nothing["values"], nothing["resultTotal"], nothing["pageCount"]))

    def test_pages_cover_everything_once(self):
        names = []
        for page in (1, 2, 3, 4):
            body = self.listed(self.lia, f"?page={page}&pageSize=2&sortDesc=name&filter=name==list*")
            self.assertEqual((5, 3), (body["resultTotal"], body["pageCount"]))
            names += [one["name"] for one in body["values"]]
        self.assertEqual([f"list {n}" for n in (4, 3, 2, 1, 0)], names)

    def test_users_see_their_own_and_administrators_all_of_their_organisation(self):
        self.ann.new_token("of ann")
        self.assertEqual({"lia"}, {one["owner"]["name"] for one in self.listed(self.lia, "?pageSize=128")["values"]})
        owners = {one["owner"]["name"] for one in self.listed(self.chief, "?pageSize=128")["values"]}
        self.assertLessEqual({"lia", "ann"}, owners)
        self.assertNotIn(self.demo["username"], owners)
        own = urllib.parse.quote("owner.name==ann")
        self.assertEqual({"ann"}, {one["owner"]["name"] for one in self.listed(self.chief, f"?filter={own}")["values"]})
        self.assertEqual([], self.listed(self.lia, f"?filter={own}")["values"])

    def test_a_bad_query_is_refused(self):
        for query in ("filter=(name==a", "filter=name", "filter=name=gt=1", "filter=" + "(" * 40, "page=0", "page=x",
                      "pageSize=-1", "sortAsc=type", "filter=;", "filterEncoded=true&filter=%2525zz"):
            answer = self.lia.cloudapi("GET", "tokens?" + urllib.parse.quote(query, safe="=&%"))
            self.refused(answer, 400, "invalid_request")

    def test_1_1_delete_ends_the_token_and_its_sessions(self):
        client_id, token = self.lia.new_token("to be deleted")
        other = Client(self.port, "acme")
        other.token = self.lia.refresh(token).json()["access_token"]
        self.assertEqual(200, other.cloudapi("GET", "sessions/current").status)
        gone = self.lia.cloudapi("DELETE", f"tokens/urn:vcloud:token:{client_id}")
        self.assertEqual((204, b""), (gone.status, gone.body))
        self.refused(self.lia.refresh(token), 400, "invalid_grant")
        self.refused(other.cloudapi("GET", "sessions/current"), 401, "invalid_token")
        self.refused(self.lia.cloudapi("GET", f"tokens/urn:vcloud:token:{client_id}"), 403, "access_denied")
        self.assertIn(self.lia.register({"client_name": "to be deleted"}).status, (200, 201), "the name is free again")


class Sessions(VcloudCase):
    def test_1_3_log_in_gives_the_token_in_a_header(self):
        answer = Client(self.port, "acme").log_in("ann", "pass word")
        self.assertEqual(200, answer.status, answer.body)
        token = answer.fields["x-vmware-vcloud-access-token"]
        self.assertEqual(2, token.count("."))
        self.assertEqual("Bearer", answer.fields["x-vmware-vcloud-token-type"])
        self.assertEqual(("ann", "acme"), (answer.json()["user"]["name"], answer.json()["org"]["name"]))

    def test_1_3_scripts_log_in_by_the_older_way(self):
        for path in ("/api/login", "/api/sessions"):
            answer = ask(self.port, "POST", path, None, {"Authorization": basic("ann@acme", "pass word"),
                                                         "Accept": "application/*+xml;version=36.0"})
            self.assertEqual(200, answer.status, answer.body)
            self.assertEqual(2, answer.fields["x-vmware-vcloud-access-token"].count("."))
            self.assertEqual("ann", ElementTree.fromstring(answer.body).get("user"))

    def test_1_6_a_wrong_password_is_401_with_a_challenge(self):
        for user, password in (("ann@acme", "wrong"), ("nobody@acme", "pass word"), ("ann@nowhere", "pass word"),
                               ("ann@System", "pass word"), ("ann", "pass word"), ("@acme", "pass word"),
                               ("ann@", "pass word"), (f"{self.demo['username']}@acme", self.demo["password"])):
            answer = ask(self.port, "POST", "/cloudapi/1.0.0/sessions", None, {"Authorization": basic(user, password)})
            self.refused(answer, 401, "invalid_client")
            self.assertTrue(answer.fields["www-authenticate"].startswith("Basic "))
        answer = ask(self.port, "POST", "/api/sessions", None, {"Authorization": basic("ann@acme", "wrong")})
        self.assertEqual(401, answer.status)
        self.assertEqual(CLOUD + "Error", ElementTree.fromstring(answer.body).tag)

    def test_0_9_ids_arrive_in_other_encodings(self):
        for user in ("ann%40acme", "ann@acme"):
            answer = ask(self.port, "POST", "/cloudapi/1.0.0/sessions", None,
                         {"Authorization": basic(user, "pass+word" if "%" in user else "pass word")})
            self.assertEqual(200, answer.status, user)

    def test_1_4_the_current_session(self):
        body = self.ann.cloudapi("GET", "sessions/current").json()
        self.assertEqual({"id", "user", "org", "location", "roles", "roleRefs", "sessionIdleTimeoutMinutes"}, set(body))
        self.assertEqual(("ann", "acme"), (body["user"]["name"], body["org"]["name"]))
        self.assertIs(list, type(body["roles"]))
        self.assertEqual("System", self.admin.cloudapi("GET", "sessions/current").json()["org"]["name"])

    def test_1_3_either_carrier_is_enough(self):
        for headers in ({"X-Vmware-Vcloud-Access-Token": self.ann.token},
                        {"x-vmware-vcloud-access-token": self.ann.token},
                        {"Authorization": "bearer " + self.ann.token}, {"Authorization": "Bearer " + self.ann.token}):
            self.assertEqual(200, ask(self.port, "GET", "/cloudapi/1.0.0/sessions/current", None, headers).status)
        self.refused(ask(self.port, "GET", "/cloudapi/1.0.0/sessions/current"), 401, "invalid_token")
        for token in ("x", self.ann.token[:-2] + "AA", self.ann.token + "x"):
            self.refused(ask(self.port, "GET", "/cloudapi/1.0.0/sessions/current", None,
                             {"Authorization": "Bearer " + token}), 401, "invalid_token")

    def test_1_6_logging_out_ends_the_session(self):
        client = Client(self.port, "acme", "ann", "pass word")
        gone = ask(self.port, "DELETE", "/cloudapi/1.0.0/sessions", None,
                   {**client.headers(), "Accept": "application/xml;version=37.0"})
        self.assertEqual((204, b""), (gone.status, gone.body))
        self.refused(client.cloudapi("GET", "sessions/current"), 401, "invalid_token")
        self.assertEqual(200, self.ann.cloudapi("GET", "sessions/current").status)

    def test_its_tokens_hold_nowhere_else_and_nobody_elses_hold_here(self):
        bearer = {"Authorization": "Bearer " + self.admin.token}
        verified = ask(self.port, "GET", "/verify?dialect=vcloud", None, bearer)
        self.assertEqual((200, self.demo["username"]), (verified.status, verified.fields.get("x-signet-client")))
        self.assertNotEqual(200, ask(self.port, "GET", "/verify?dialect=vietqr", None, bearer).status)
        self.assertNotEqual(200, ask(self.port, "GET", "/verify?dialect=vcloud", None,
                                     {"Authorization": "Bearer " + self.ann.token}).status, "another tenant's")
        self.assertEqual(200, ask(self.port, "GET", "/t/acme/verify?dialect=vcloud", None,
                                  {"Authorization": "Bearer " + self.ann.token}).status)
        own = self.daemon.token("demo", self.daemon.secret())[1]["access_token"]
        self.refused(ask(self.port, "GET", "/cloudapi/1.0.0/sessions/current", None,
                         {"Authorization": "Bearer " + own}), 401, "invalid_token")

    def test_an_operator_ends_one_session_by_its_token(self):
        one, other = (Client(self.port, "acme", "ann", "pass word") for _ in range(2))
        self.daemon.ctl("token", "revoke", "--tenant", "acme", "--token-stdin", stdin=one.token)
        self.refused(one.cloudapi("GET", "sessions/current"), 401, "invalid_token")
        self.assertEqual(200, other.cloudapi("GET", "sessions/current").status)

    def test_a_disabled_user_has_no_session_any_more(self):
        self.person("short", "acme")
        client = Client(self.port, "acme", "short", "pass word")
        _, token = client.new_token("short")
        other = Client(self.port, "acme")
        other.token = client.refresh(token).json()["access_token"]
        self.daemon.ctl("client", "disable", "short", "--tenant", "acme")
        for one in (client, other):
            self.refused(one.cloudapi("GET", "sessions/current"), 401, "invalid_token")


class Documents(VcloudCase):
    def test_1_4_versions_list_what_clients_look_for_and_nothing_from_40_on(self):
        answer = ask(self.port, "GET", "/api/versions")
        self.assertEqual(200, answer.status)
        found = ElementTree.fromstring(answer.body).findall(VERSIONS + "VersionInfo")
        versions = [one.find(VERSIONS + "Version").text for one in found]
        self.assertLessEqual({"36.0", "36.1", "37.0", "37.2"}, set(versions))
        self.assertTrue(all(re.fullmatch(r"\d\d\.\d", one) and float(one) < 40 for one in versions))
        for one in found:
            self.assertIn(one.get("deprecated"), ("true", "false"))
            self.assertEqual(self.daemon.issuer + "/cloudapi/1.0.0/sessions", one.find(VERSIONS + "LoginUrl").text)
            self.assertTrue(one.find(VERSIONS + "ProviderLoginUrl").text.endswith("/sessions/provider"))

    def test_1_4_organisations_are_xml_and_so_are_their_errors(self):
        headers = {**self.ann.headers(), "Accept": "application/*+xml;version=37.0"}
        answer = ask(self.port, "GET", "/api/org", None, headers)
        self.assertEqual(200, answer.status, answer.body)
        orgs = ElementTree.fromstring(answer.body).findall(CLOUD + "Org")
        self.assertEqual(["acme"], [one.get("name") for one in orgs])
        shown = ask(self.port, "GET", urllib.parse.urlsplit(orgs[0].get("href")).path, None, headers)
        self.assertEqual("acme", ElementTree.fromstring(shown.body).get("name"))
        for path, status, more in (("/api/org", 401, {}), ("/api/org/x", 403, headers),
                                   ("/api/org/00000000-0000-4000-8000-000000000000", 403, headers)):
            refused = ask(self.port, "GET", path, None, more)
            self.assertEqual((status, CLOUD + "Error"), (refused.status, ElementTree.fromstring(refused.body).tag))
            self.assertEqual(str(status), ElementTree.fromstring(refused.body).get("majorErrorCode"))
        unsupported = ask(self.port, "GET", "/api/org", None, {**headers, "Accept": "application/*+xml;version=5.1"})
        self.assertEqual((406, CLOUD + "Error"), (unsupported.status, ElementTree.fromstring(unsupported.body).tag))


class Secrecy(VcloudCase):
    def test_tokens_and_codes_reach_neither_log_nor_audit_nor_disk(self):
        client_id, token = self.ann.new_token("marked")
        access = self.ann.refresh(token).json()["access_token"]
        ask(self.port, "POST", "/oauth/tenant/acme/token?grant_type=refresh_token&refresh_token=" + token)
        account = self.admin.new_account("marked account")
        asked = self.admin.authorize(account).json()
        self.admin.poll(account, asked["device_code"])
        Client(self.port, "acme").log_in("ann", "marker-password-that-is-wrong")
        secrets = (token, access.split(".")[2], self.ann.token.split(".")[2], asked["device_code"],
                   "marker-password-that-is-wrong")
        time.sleep(0.3)
        for secret in secrets:
            self.assertNotIn(secret, self.daemon.stderr)
        for file in self.daemon.data_dir.rglob("*"):
            if file.is_file():
                octets = file.read_bytes()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), octets, file)


if __name__ == "__main__":
    unittest.main()
