"""Nothing of one tenant holds or shows in another, as clients and resource servers meet it: tokens of every kind, key
sets, documents, feeds, paths. Every rule is asked in the direction of every pair of tenants."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tenant_case import AUDIENCE, INACTIVE, TENANTS, TenantCase, at, claims_of, others  # noqa: E402


class AccessTokens(TenantCase):
    def test_one_is_active_at_home_and_nowhere_else(self):
        for tenant in TENANTS:
            token = self.token(tenant)
            self.assertTrue(self.active(tenant, token))
            for other in others(tenant):
                self.assertEqual(INACTIVE, self.introspect(other, token), f"{tenant}'s at {other}")
                self.assertFalse(self.active(other, token))
            self.assertTrue(self.active(tenant, token), "whoever asked elsewhere did it no harm")

    def test_a_batch_of_mixed_tenants_tells_its_own_apart(self):
        tokens = [self.token(tenant) for tenant in TENANTS for _ in range(4)]
        for tenant in TENANTS:
            for _ in range(2):
                answer = self.ask("POST", at(tenant) + "/oauth2/introspect/batch", json.dumps({"tokens": tokens}), "rs",
                                  tenant, content_type="application/json")
                self.assertEqual(200, answer.status, answer.body)
                issuer = self.daemon.issuer + at(tenant)
                for token, said in zip(tokens, answer.json(), strict=True):
                    if claims_of(token)["iss"] == issuer:
                        self.assertEqual(claims_of(token)["jti"], said["jti"])
                    else:
                        self.assertEqual(INACTIVE, said)

    def test_an_hmac_key_of_the_same_audience_is_another_key(self):
        tokens = {}
        for tenant in TENANTS:
            self.ctl("key", "add", "--alg", "HS256", "--audience", AUDIENCE, tenant=tenant)
            made = self.ctl("client", "add", "hmac", "--alg", "HS256", "--audience", AUDIENCE, tenant=tenant)
            self.secrets["hmac", tenant] = made["client_secret"]
            answer = self.post(tenant, "/oauth2/token", "hmac", tenant, grant_type="client_credentials")
            tokens[tenant] = answer.json()["access_token"]
        for tenant in TENANTS:
            self.assertTrue(self.active(tenant, tokens[tenant]))
            for other in others(tenant):
                self.assertFalse(self.active(other, tokens[tenant]))

    def test_revoking_at_another_tenant_has_no_effect_and_no_entry(self):
        for tenant in TENANTS:
            token = self.token(tenant)
            for other in others(tenant):
                before = self.listed("revocation", "sequence", other)
                answer = self.post(other, "/oauth2/revoke", "svc", other, token=token)
                self.assertEqual((200, b""), (answer.status, answer.body), "RFC 7009 2.2: not ours, nothing to say")
                self.assertEqual(before, self.listed("revocation", "sequence", other))
                err = self.refusal("token", "revoke", "--token-stdin", tenant=other, stdin=token)
                self.assertIn("no live access token", err)
            self.assertTrue(self.active(tenant, token))

    def test_a_criterion_ends_its_own_tenants_tokens_alone(self):
        tokens = {tenant: self.token(tenant) for tenant in TENANTS}
        claims = claims_of(tokens["acme"])
        kid = self.listed("key", "kid", "acme")[0]
        for criterion in (("--jti", claims["jti"]), ("--client", "svc"), ("--subject", "svc"),
                          ("--family", claims["sid"])):
            self.ctl("token", "revoke", *criterion, tenant="globex")
        self.ctl("token", "revoke", "--tenant", "globex")
        self.assertIn("key list", self.refusal("token", "revoke", "--kid", kid, tenant="globex"))
        self.assertTrue(self.active("acme", tokens["acme"]))
        self.assertTrue(self.active(None, tokens[None]))
        self.assertFalse(self.active("globex", tokens["globex"]), "the control: there it counts")


class SameNames(TenantCase):
    def test_a_secret_is_of_its_tenant_though_the_id_is_the_same(self):
        for tenant in TENANTS:
            for other in others(tenant):
                for endpoint, form in (("/oauth2/token", {"grant_type": "client_credentials"}),
                                       ("/oauth2/introspect", {"token": "x"}), ("/oauth2/revoke", {"token": "x"})):
                    client = "rs" if endpoint.endswith("introspect") else "svc"
                    answer = self.post(tenant, endpoint, client, other, **form)
                    self.assertEqual(401, answer.status, (tenant, other, endpoint))
                for endpoint in ("/oauth2/token/batch", "/oauth2/introspect/batch"):
                    answer = self.ask("POST", at(tenant) + endpoint, "[{}]", "rs", other,
                                      content_type="application/json")
                    self.assertEqual(401, answer.status, (tenant, other, endpoint))
                self.assertEqual(401, self.ask("GET", at(tenant) + "/oauth2/revocations", None, "rs", other).status)

    def test_what_is_done_to_a_client_is_not_done_to_its_namesake(self):
        for tenant in TENANTS:
            made = self.ctl("client", "add", "twin", "--audience", AUDIENCE, tenant=tenant)
            self.secrets["twin", tenant] = made["client_secret"]
        tokens = {tenant: self.post(tenant, "/oauth2/token", "twin", tenant,
                                    grant_type="client_credentials").json()["access_token"] for tenant in TENANTS}
        for change, ends in ((("disable", "twin"), True), (("update", "twin", "--ttl", "60"), False),
                             (("remove", "twin"), True)):
            self.ctl("client", *change, tenant="acme")
            self.assertEqual(not ends, self.active("acme", tokens["acme"]), change)
            for other in others("acme"):
                self.assertTrue(self.active(other, tokens[other]), change)
                shown = self.ctl("client", "show", "twin", tenant=other)
                self.assertEqual((True, 0), (shown["enabled"], shown["ttl"]), change)
            self.ctl("client", "enable", "twin", tenant="acme", check=False)


class RefreshTokens(TenantCase):
    def test_one_presented_elsewhere_is_refused_and_neither_used_up_nor_ended(self):
        for tenant in TENANTS:
            token = self.grant(tenant)["refresh_token"]
            for other in others(tenant):
                for of_tenant in (tenant, other):
                    answer = self.post(other, "/oauth2/token", "svc", of_tenant, grant_type="refresh_token",
                                       refresh_token=token)
                    wanted = (401, "invalid_client") if of_tenant == tenant else (400, "invalid_grant")
                    self.assertEqual(wanted, (answer.status, answer.json()["error"]), (tenant, other, of_tenant))
                self.assertEqual(200, self.post(other, "/oauth2/revoke", "svc", other, token=token).status)
            answer = self.refresh(tenant, token)
            self.assertEqual(200, answer.status, answer.body)
            self.assertEqual(self.daemon.issuer + at(tenant), claims_of(answer.json()["access_token"])["iss"])

    def test_a_family_is_shown_and_listed_at_home_alone(self):
        for tenant in TENANTS:
            family = claims_of(self.token(tenant))["sid"]
            self.assertEqual("svc", self.ctl("family", "show", family, tenant=tenant)["client_id"])
            self.assertIn(family, self.listed("family", "id", tenant, "--client", "svc"))
            for other in others(tenant):
                self.assertIn("no such family", self.refusal("family", "show", family, tenant=other))
                for filters in ((), ("--client", "svc"), ("--subject", "svc")):
                    self.assertNotIn(family, self.listed("family", "id", other, *filters))


class Documents(TenantCase):
    def document(self, path, **headers):
        answer = self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        self.assertEqual(200, answer.status, path)
        return answer

    def test_a_key_set_has_its_own_keys_and_an_entity_tag_of_its_own(self):
        seen = {}
        for tenant in TENANTS:
            answer = self.document(at(tenant) + "/.well-known/jwks.json")
            kids = {key["kid"] for key in answer.json()["keys"]}
            self.assertLessEqual(kids, set(self.listed("key", "kid", tenant)))
            self.assertTrue(kids)
            for other, (their_kids, tag) in seen.items():
                self.assertFalse(kids & their_kids, f"{tenant} and {other}")
                self.assertNotEqual(tag, answer.fields["etag"])
                self.document(at(tenant) + "/.well-known/jwks.json", If_None_Match=tag)
            seen[tenant] = kids, answer.fields["etag"]
            mine = self.ask("GET", at(tenant) + "/.well-known/jwks.json", headers={"If-None-Match": seen[tenant][1]})
            self.assertEqual(304, mine.status)

    def test_metadata_name_their_own_issuer_and_no_other(self):
        for tenant in TENANTS:
            issuer = self.daemon.issuer + at(tenant)
            for name in ("oauth-authorization-server", "openid-configuration"):
                paths = {f"/.well-known/{name}{at(tenant)}", f"{at(tenant)}/.well-known/{name}"}
                for path in paths:
                    metadata = self.document(path).json()
                    self.assertEqual(issuer, metadata["issuer"], path)
                    for member, value in metadata.items():
                        if member.endswith("_endpoint") or member == "jwks_uri":
                            self.assertTrue(value.startswith(issuer + "/") and
                                            (tenant is not None or "/t/" not in value), (path, member, value))

    def test_a_public_key_of_another_tenant_verifies_nothing(self):
        import jwt
        sets = {tenant: jwt.PyJWKSet.from_dict(self.document(at(tenant) + "/.well-known/jwks.json").json())
                for tenant in TENANTS}
        for tenant in TENANTS:
            token = self.token(tenant)
            kid = jwt.get_unverified_header(token)["kid"]
            for holder, keys in sets.items():
                fitting = [key for key in keys.keys if key.key_id == kid]
                self.assertEqual(holder == tenant, bool(fitting), (tenant, holder))


class Feed(TenantCase):
    def page(self, tenant, query="", path="/oauth2/revocations"):
        return self.ask("GET", at(tenant) + path + query, None, "rs", tenant)

    def test_a_feed_and_its_snapshot_hold_their_own_revocations(self):
        marks = {tenant: f"{'mark-' + (tenant or 'default'):M<22}" for tenant in TENANTS}
        for tenant, jti in marks.items():
            self.ctl("token", "revoke", "--jti", jti, tenant=tenant)
        for tenant in TENANTS:
            for path in ("/oauth2/revocations", "/oauth2/revocations/snapshot"):
                page = self.page(tenant, path=path).json()
                values = {entry["value"] for entry in page["entries"]}
                self.assertEqual({marks[tenant]}, values & set(marks.values()), (tenant, path))
                self.assertEqual(self.daemon.issuer + at(tenant), claims_of(page["checkpoint"])["iss"])

    def test_a_cursor_of_another_tenant_leads_nowhere(self):
        for tenant in TENANTS:
            self.ctl("token", "revoke", "--subject", "whoever", tenant=tenant)
            cursor = self.page(tenant).json()["to"]
            self.assertEqual(200, self.page(tenant, "?after=" + cursor).status)
            for other in others(tenant):
                for path in ("/oauth2/revocations", "/oauth2/revocations/snapshot"):
                    answer = self.page(other, "?after=" + cursor, path)
                    self.assertIn(answer.status, (400, 410), (tenant, other, path))
                    self.assertNotIn("whoever", answer.body.decode())
                answer = self.page(other, "?wait=1&after=" + cursor)
                self.assertEqual(410, answer.status, "nor does it wait there")
                self.assertIn(self.daemon.issuer + at(other) + "/", answer.body.decode())


class Paths(TenantCase):
    ENDPOINTS = (("POST", "/oauth2/token"), ("POST", "/oauth2/introspect"), ("GET", "/.well-known/jwks.json"),
                 ("GET", "/verify?audience=urn:shared"), ("GET", "/oauth2/revocations"))
    # What stands in the place of /t/acme.
    ODD = ("/t/", "/t//", "/t", "/t/default", "/t/ACME", "/t/Acme", "/T/acme", "/t/%61cme", "/t/acme%2f", "/t/acme%00",
           "/t/acme/", "/t/acme//", "/t/./acme", "/t/../t/acme", "/t/acme/..", "/t/acme/../globex", "/t/acme/t/globex",
           "/t/acme;a", "/t/acme%20", "/t/acme.", "/t/-", "/t/" + "a" * 64, "/t/" + "a" * 65, "/t/" + "a" * 3000,
           "/t/acme%2fglobex", "/t/0", "/t/1", "//t/acme", "/x/t/acme", "/t/acme,globex")

    def test_a_path_that_is_not_quite_a_tenants_is_nobodys(self):
        token = self.token("acme")
        for odd in self.ODD:
            for method, endpoint in self.ENDPOINTS:
                for client_tenant in (None, "acme"):
                    body = "grant_type=client_credentials&token=x" if method == "POST" else None
                    client = {"/oauth2/token": "svc", "/oauth2/introspect": "rs",
                              "/oauth2/revocations": "rs"}.get(endpoint)
                    headers = {"Authorization": "Bearer " + token} if "/verify" in endpoint else None
                    answer = self.ask(method, odd + endpoint, body, client, client_tenant, headers)
                    self.assertEqual(404, answer.status, (odd, endpoint, client_tenant, answer.body))

    def test_metadata_of_an_odd_name_are_nobodys(self):
        for name in ("default", "ACME", "%61cme", "acme/", "acme/globex", "", ".", "..", "acme%2f", "a" * 65):
            for form in ("/.well-known/oauth-authorization-server/t/{}", "/.well-known/openid-configuration/t/{}",
                         "/t/{}/.well-known/oauth-authorization-server"):
                self.assertEqual(404, self.ask("GET", form.format(name)).status, (form, name))
        for path in ("/t/acme/.well-known/oauth-authorization-server/t/globex",
                     "/.well-known/oauth-authorization-server/t/acme/t/globex",
                     "/.well-known/oauth-authorization-server/t"):
            self.assertEqual(404, self.ask("GET", path).status, path)

    def test_what_belongs_to_the_whole_daemon_is_served_at_its_root_alone(self):
        for path in ("/healthz", "/readyz"):
            self.assertEqual(200, self.ask("GET", path).status)
            self.assertEqual(404, self.ask("GET", "/t/acme" + path).status)


if __name__ == "__main__":
    unittest.main()
