"""What the tests of tenants share: two tenants besides the default one, in each the same client ids with other secrets,
and the ways to ask them."""

import base64
import http.client
import json
import sys
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402

TENANTS = (None, "acme", "globex")
AUDIENCE = "urn:shared"
FORM = "application/x-www-form-urlencoded"
INACTIVE = {"active": False}


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def others(tenant):
    return [one for one in TENANTS if one != tenant]


def at(tenant):
    """The path before a tenant's endpoints."""
    return "" if tenant is None else "/t/" + tenant


def of(tenant):
    """The option that names a tenant."""
    return [] if tenant is None else ["--tenant", tenant]


class Answer:
    def __init__(self, status, fields, body):
        self.status, self.body = status, body
        self.fields = {name.lower(): value for name, value in fields}

    def json(self):
        return json.loads(self.body)


class TenantCase(unittest.TestCase):
    """In every tenant: `svc` with tokens of all kinds, `rs` that may introspect all and follow the feed."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.secrets = {}
        for tenant in TENANTS:
            if tenant is not None:
                cls.daemon.ctl("tenant", "add", tenant)
            cls.furnish(tenant)

    @classmethod
    def furnish(cls, tenant):
        made = cls.daemon.ctl("client", "add", "svc", *of(tenant), "--grant", "client_credentials", "--grant",
                              "refresh_token", "--scope", "a b", "--audience", AUDIENCE, "--refresh-with-credentials")
        cls.secrets["svc", tenant] = made["client_secret"]
        made = cls.daemon.ctl("client", "add", "rs", *of(tenant), "--introspect", "*", "--feed")
        cls.secrets["rs", tenant] = made["client_secret"]

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def ask(self, method, path, body=None, client=None, tenant=None, headers=None, content_type=FORM):
        """`client` of `tenant` asks, by Basic; the path is taken as it is."""
        fields = dict(headers or {})
        if client:
            fields["Authorization"] = basic(client, self.secrets[client, tenant])
        if body is not None:
            fields["Content-Type"] = content_type
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=30)
        try:
            connection.request(method, path, body, fields)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def post(self, tenant, endpoint, client, of_tenant, **form):
        return self.ask("POST", at(tenant) + endpoint, urllib.parse.urlencode(form, doseq=True), client, of_tenant)

    def grant(self, tenant):
        """An answer with an access and a refresh token."""
        answer = self.post(tenant, "/oauth2/token", "svc", tenant, grant_type="client_credentials")
        self.assertEqual(200, answer.status, answer.body)
        return answer.json()

    def token(self, tenant):
        return self.grant(tenant)["access_token"]

    def refresh(self, tenant, token, of_tenant=None):
        return self.post(tenant, "/oauth2/token", "svc", of_tenant or tenant, grant_type="refresh_token",
                         refresh_token=token)

    def introspect(self, tenant, token):
        answer = self.post(tenant, "/oauth2/introspect", "rs", tenant, token=token)
        self.assertEqual(200, answer.status, answer.body)
        return answer.json()

    def active(self, tenant, token):
        """Whether both ways to ask say so, which must agree; twice, since the second answer is from the cache."""
        says = set()
        for _ in range(2):
            says.add(self.introspect(tenant, token)["active"])
            verified = self.ask("GET", f"{at(tenant)}/verify?audience={AUDIENCE}",
                                headers={"Authorization": "Bearer " + token})
            self.assertIn(verified.status, (200, 401), verified.body)
            says.add(verified.status == 200)
        self.assertEqual(1, len(says), "introspection and /verify disagree")
        return says.pop()

    def ctl(self, *arguments, tenant=None, **more):
        return self.daemon.ctl(*arguments, *of(tenant), **more)

    def refusal(self, *arguments, tenant=None, **more):
        code, out, err = self.ctl(*arguments, tenant=tenant, check=False, **more)
        self.assertEqual(1, code, (arguments, out, err))
        return err

    def listed(self, what, name, tenant, *arguments):
        """The `name`s of a listing of a tenant; a plural names the list in the answer."""
        plural = {"client": "clients", "key": "keys", "family": "families", "revocation": "revocations",
                  "api-key": "api_keys"}[what]
        return [row[name] for row in self.ctl(what, "list", *arguments, tenant=tenant)[plural]]
