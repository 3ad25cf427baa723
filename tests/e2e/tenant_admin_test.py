"""Nothing of one tenant holds or shows in another, as operators and the clients of other systems meet it: listings,
keys, the audit log, dialects; and a tenant that is removed and made anew under its old name."""

import json
import sys
import unittest
import urllib.parse
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "dialect"))
from tenant_case import AUDIENCE, TENANTS, TenantCase, at, basic, claims_of, others  # noqa: E402
from vcloud import Client as VcloudClient  # noqa: E402

API_KEY = "/v.1.0/clients/authorization?apiKey="


def pem():
    """A signing key that was made elsewhere."""
    return ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


class Listings(TenantCase):
    def test_a_client_is_shown_and_listed_at_home_alone(self):
        for tenant in TENANTS:
            self.ctl("client", "add", f"only-{tenant or 'default'}".lower(), tenant=tenant)
        for tenant in TENANTS:
            name = f"only-{tenant or 'default'}"
            self.assertIn(name, self.listed("client", "client_id", tenant))
            for other in others(tenant):
                self.assertNotIn(name, self.listed("client", "client_id", other))
                for command in (("show", name), ("update", name, "--ttl", "60"), ("disable", name), ("remove", name),
                                ("rotate-secret", name)):
                    self.assertIn("there is no client", self.refusal("client", *command, tenant=other), command)

    def test_an_api_key_is_listed_and_removed_at_home_alone(self):
        for tenant in TENANTS:
            made = self.ctl("api-key", "add", "svc", "--subject", "somebody", tenant=tenant)["id"]
            for other in others(tenant):
                for filters in ((), ("--client", "svc"), ("--subject", "somebody")):
                    self.assertNotIn(made, self.listed("api-key", "id", other, *filters))
                self.refusal("api-key", "remove", made, "--yes", tenant=other)
            self.assertIn(made, self.listed("api-key", "id", tenant, "--client", "svc"))

    def test_a_key_is_listed_planned_and_changed_at_home_alone(self):
        for tenant in TENANTS:
            secret = self.ctl("key", "add", "--alg", "HS256", "--audience", "urn:keys", tenant=tenant)["kid"]
            kids = self.listed("key", "kid", tenant)
            planned = self.ctl("key", "plan", "--days", "200", tenant=tenant or "default")["plan"]
            self.assertEqual({tenant or "default"}, {step["tenant"] for step in planned})
            for other in others(tenant):
                self.assertFalse(set(kids) & set(self.listed("key", "kid", other)))
                elsewhere = self.ctl("key", "plan", "--days", "200", tenant=other or "default")["plan"]
                self.assertFalse(set(kids) & {step["kid"] for step in elsewhere})
                for command in (("retire", kids[0], "--while-tokens-live"), ("rotate", kids[0], "--compromised"),
                                ("export-secret", secret)):
                    self.assertIn("there is no key", self.refusal("key", *command, tenant=other), command)

    def test_a_proof_tells_of_each_tenant_its_own_keys(self):
        kids = {tenant or "default": set(self.listed("key", "kid", tenant)) for tenant in TENANTS}
        code, out, err = self.daemon.ctl("key", "prove", check=False)
        for moment in json.loads(out)["moments"]:
            for kid in moment["signing"] + moment["published"]:
                self.assertIn(kid.split(" ")[0], kids[moment["tenant"]], moment)

    def test_the_audit_filter_shows_what_concerns_a_tenant(self):
        for tenant in TENANTS:
            self.ctl("client", "add", "audited", tenant=tenant)
            self.ctl("token", "revoke", "--subject", "audited", tenant=tenant)
        for tenant in TENANTS:
            code, out, err = self.ctl("audit", "tail", "--lines", "1000", tenant=tenant or "default", check=False)
            self.assertEqual(0, code, err)
            records = [json.loads(line) for line in out.splitlines()]
            self.assertEqual({tenant or "default"}, {record["tenant"] for record in records})
            subjects = [record["what"] for record in records if record["subject"] == "audited"]
            self.assertEqual(["client.add", "subject.revoke"], subjects)


class Dialects(TenantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for tenant in TENANTS:
            if tenant is not None:
                cls.daemon.ctl("key", "add", "--dialect", "vcloud", "--alg", "RS256", "--tenant", tenant)
                cls.daemon.ctl("key", "add", "--dialect", "novapost", "--alg", "HS256", "--tenant", tenant)
                cls.daemon.ctl("key", "add", "--dialect", "vietqr", "--alg", "HS512", "--tenant", tenant)
                cls.daemon.ctl("client", "add", "ann", "--tenant", tenant, "--password-stdin",
                               stdin="pass word of " + tenant)

    def log_in(self, tenant, password_of=None, prefix=""):
        client = VcloudClient(self.daemon.port, tenant)
        if not prefix:
            return client.log_in("ann", "pass word of " + (password_of or tenant))
        return self.ask("POST", prefix + "/cloudapi/1.0.0/sessions", headers={
            "Authorization": basic(f"ann@{tenant}", "pass word of " + tenant), "Accept": "application/*;version=37.0"})

    def session(self, tenant):
        client = VcloudClient(self.daemon.port, tenant)
        answer = self.log_in(tenant)
        self.assertEqual(200, answer.status, answer.body)
        client.token = answer.fields["x-vmware-vcloud-access-token"]
        return client

    def test_a_password_is_of_its_tenant(self):
        for tenant, other in (("acme", "globex"), ("globex", "acme")):
            self.assertEqual(200, self.log_in(tenant).status)
            self.assertEqual(401, self.log_in(tenant, password_of=other).status)

    def test_a_session_and_an_api_token_are_of_their_tenant(self):
        for tenant, other in (("acme", "globex"), ("globex", "acme")):
            client = self.session(tenant)
            _, token = client.new_token("isolation")
            self.assertEqual(200, client.refresh(token).status)
            self.assertEqual(400, VcloudClient(self.daemon.port, other).refresh(token).status)
            self.assertEqual(400, VcloudClient(self.daemon.port, "System").refresh(token).status)
            bearer = {"Authorization": "Bearer " + client.token}
            for where in TENANTS:
                answer = self.ask("GET", at(where) + "/verify?dialect=vcloud", headers=bearer)
                self.assertEqual(200 if where == tenant else 401, answer.status, (tenant, where))
            self.assertEqual(200, client.refresh(token).status, "whoever tried it elsewhere did it no harm")

    def test_the_path_of_a_tenant_leads_to_no_other(self):
        """A proxy that lets a partner reach /t/acme alone must not let him reach anybody else by it."""
        for tenant, other in (("acme", "globex"), ("globex", "acme")):
            client = self.session(other)
            _, token = client.new_token("two names")
            form = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": token})
            for prefix in ("/oauth", "/tm/oauth"):
                path = f"{prefix}/tenant/{other}/token"
                self.assertEqual(200, self.ask("POST", path, form).status, "the control: at the root")
                self.assertEqual(200, self.ask("POST", f"/t/{other}" + path, form).status, "and at its own path")
                self.assertNotEqual(200, self.ask("POST", f"/t/{tenant}" + path, form).status, path)
            self.assertNotEqual(200, self.log_in(other, prefix=at(tenant)).status)
            self.assertEqual(200, self.log_in(tenant, prefix=at(tenant)).status)
            headers = {**client.headers(), "Accept": "application/json;version=37.0"}
            current = "/cloudapi/1.0.0/sessions/current"
            self.assertEqual(200, self.ask("GET", at(other) + current, headers=headers).status)
            self.assertNotEqual(200, self.ask("GET", at(tenant) + current, headers=headers).status)

    def test_an_api_key_of_one_text_stands_for_each_tenants_own_client(self):
        tokens, text = {}, "one-key-text-that-two-tenants-were-given"
        for tenant in TENANTS:
            self.ctl("client", "add", f"partner-{tenant or 'default'}", tenant=tenant)
        for tenant in ("acme", "globex"):
            self.assertNotEqual(200, self.ask("GET", at(tenant) + API_KEY + text).status, "it has none yet")
            self.ctl("api-key", "add", f"partner-{tenant}", "--key-stdin", tenant=tenant, stdin=text)
            answer = self.ask("GET", at(tenant) + API_KEY + text)
            self.assertEqual(200, answer.status, answer.body)
            tokens[tenant] = answer.json()["jwt"]
        self.assertNotEqual(200, self.ask("GET", API_KEY + text).status, "the default tenant was not given it")
        for tenant, token in tokens.items():
            for where in TENANTS:
                answer = self.ask("GET", at(where) + "/verify?dialect=novapost", headers={"Authorization": token})
                self.assertEqual(200 if where == tenant else 401, answer.status, (tenant, where))
                if where == tenant:
                    self.assertEqual(f"partner-{tenant}", answer.fields["x-signet-client"])

    def test_a_token_of_a_system_that_names_no_issuer_is_of_its_tenant(self):
        for tenant in ("acme", "globex"):
            answer = self.ask("POST", at(tenant) + "/vqr/api/token_generate", headers={
                "Authorization": basic("ann", "pass word of " + tenant)})
            self.assertEqual(200, answer.status, answer.body)
            bearer = {"Authorization": "Bearer " + answer.json()["access_token"]}
            for where in TENANTS:
                answer = self.ask("GET", at(where) + "/verify?dialect=vietqr", headers=bearer)
                self.assertIn(answer.status, (200,) if where == tenant else (401, 403), (tenant, where))


class MadeAnew(TenantCase):
    """A tenant that is gone, and another one under its name."""

    def again(self, tenant):
        self.ctl("tenant", "remove", tenant, "--force", "--yes")
        for method, path in (("GET", "/.well-known/jwks.json"), ("GET", "/.well-known/oauth-authorization-server"),
                             ("GET", "/verify?audience=" + AUDIENCE), ("GET", "/oauth2/revocations")):
            self.assertEqual(404, self.ask(method, at(tenant) + path).status, path)
        self.ctl("tenant", "add", tenant)

    def make(self, tenant):
        self.ctl("tenant", "add", tenant)
        self.furnish(tenant)

    def test_nothing_of_the_old_one_lives_in_the_new_one(self):
        self.make("phoenix")
        old = self.grant("phoenix")
        family = claims_of(old["access_token"])["sid"]
        kids = self.listed("key", "kid", "phoenix")
        api_key = self.ctl("api-key", "add", "svc", tenant="phoenix")["id"]
        secret = self.secrets["svc", "phoenix"]
        self.ctl("token", "revoke", "--jti", "A" * 22, tenant="phoenix")
        cursor = self.ask("GET", "/t/phoenix/oauth2/revocations", None, "rs", "phoenix").json()["to"]
        self.assertTrue(self.active("phoenix", old["access_token"]))
        self.again("phoenix")
        for what, name in (("client", "client_id"), ("key", "kid"), ("family", "id"), ("api-key", "id")):
            self.assertEqual([], self.listed(what, name, "phoenix"), what)
        self.furnish("phoenix")
        self.assertFalse(set(kids) & set(self.listed("key", "kid", "phoenix")))
        self.assertNotEqual(secret, self.secrets["svc", "phoenix"])
        self.assertFalse(self.active("phoenix", old["access_token"]))
        answer = self.refresh("phoenix", old["refresh_token"])
        self.assertEqual((400, "invalid_grant"), (answer.status, answer.json()["error"]))
        self.refusal("family", "show", family, tenant="phoenix")
        self.refusal("api-key", "remove", api_key, "--yes", tenant="phoenix")
        self.assertEqual(401, self.daemon.token("svc", secret, "phoenix")[0])
        self.assertEqual(410, self.ask("GET", "/t/phoenix/oauth2/revocations?after=" + cursor, None, "rs",
                                       "phoenix").status)
        page = self.ask("GET", "/t/phoenix/oauth2/revocations", None, "rs", "phoenix").json()
        self.assertNotIn("A" * 22, [entry["value"] for entry in page["entries"]])
        self.assertTrue(self.active("phoenix", self.token("phoenix")), "the control: the new one works")

    def test_not_even_with_the_same_keys(self):
        """Keys from elsewhere can be taken over twice; the tokens of then must not come back with them."""
        private, secret = pem(), json.dumps({"kty": "oct", "alg": "HS256", "k": "QUFB" * 12})

        def make_keys():
            self.ctl("key", "import", "-", "--alg", "EdDSA", tenant="twice", stdin=private)
            self.ctl("key", "import", "-", "--audience", AUDIENCE, tenant="twice", stdin=secret)
            self.furnish("twice")
            made = self.ctl("client", "add", "hmac", "--alg", "HS256", "--audience", AUDIENCE, tenant="twice")
            self.secrets["hmac", "twice"] = made["client_secret"]

        def tokens():
            return [self.token("twice"), self.post("twice", "/oauth2/token", "hmac", "twice",
                                                   grant_type="client_credentials").json()["access_token"]]
        self.ctl("tenant", "add", "twice")
        make_keys()
        old = tokens()
        self.assertEqual([True, True], [self.active("twice", token) for token in old])
        self.again("twice")
        make_keys()
        new = tokens()
        self.assertEqual(old[0].split(".")[0], new[0].split(".")[0], "the control: the very same key")
        self.assertEqual([True, True], [self.active("twice", token) for token in new])
        self.assertEqual([False, False], [self.active("twice", token) for token in old])
        page = self.ask("GET", "/t/twice/oauth2/revocations", None, "rs", "twice").json()
        self.assertEqual(["tenant"], [entry["kind"] for entry in page["entries"]], "and followers are told")

    def test_a_name_that_was_never_used_begins_with_an_empty_feed(self):
        self.make("fresh")
        page = self.ask("GET", "/t/fresh/oauth2/revocations", None, "rs", "fresh").json()
        self.assertEqual([], page["entries"])

    def test_sessions_of_a_system_that_names_tenants_by_pseudonym_work_in_the_new_one(self):
        def furnish():
            self.ctl("key", "add", "--dialect", "vcloud", "--alg", "RS256", tenant="org")
            self.ctl("client", "add", "ann", "--password-stdin", tenant="org", stdin="pass word")
            client = VcloudClient(self.daemon.port, "org", "ann", "pass word")
            return client, client.new_token("renewed")[1]
        self.ctl("tenant", "add", "org")
        old, api_token = furnish()
        self.assertEqual(200, old.cloudapi("GET", "sessions/current").status)
        self.again("org")
        new, _ = furnish()
        self.assertEqual(200, new.cloudapi("GET", "sessions/current").status)
        self.assertEqual(401, old.cloudapi("GET", "sessions/current").status)
        self.assertEqual(400, old.refresh(api_token).status)


if __name__ == "__main__":
    unittest.main()
