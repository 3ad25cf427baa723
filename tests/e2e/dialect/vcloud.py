"""vCloud Director as its clients see it: what go-vcloud-director, the shell scripts and the Python tools send."""

import json
import urllib.parse
import uuid

from exchange import ask, basic

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
VERSION = "37.0"
# What every 4xx of this system is: its own shape, and that of RFC 6749 in the same body.
ERROR_MEMBERS = {"minorErrorCode", "message", "stackTrace", "error", "error_description"}


class Client:
    """One user of one organisation, with the habits of go-vcloud-director."""

    def __init__(self, port, org, user=None, password=None):
        self.port, self.org = port, org
        self.user_def = "provider" if org.lower() == "system" else "tenant/" + urllib.parse.quote(org)
        self.token = None
        if user is not None:
            answer = self.log_in(user, password)
            assert answer.status == 200, answer.body
            self.token = answer.fields["x-vmware-vcloud-access-token"]

    def log_in(self, user, password):
        path = "/cloudapi/1.0.0/sessions" + ("/provider" if self.org.lower() == "system" else "")
        return ask(self.port, "POST", path, None, {"Authorization": basic(f"{user}@{self.org}", password),
                                                   "Accept": f"application/*;version={VERSION}",
                                                   "User-Agent": "go-vcloud-director"})

    def headers(self):
        """Both carriers at once, and the scheme in lower case."""
        return {"X-Vmware-Vcloud-Access-Token": self.token, "Authorization": "bearer " + self.token,
                "X-Vmware-Vcloud-Token-Type": "Bearer", "X-Vmware-Vcloud-Client-Request-Id": "23-2026-11-26-t"}

    def cloudapi(self, method, path, body=None, version=VERSION):
        headers = {**self.headers(), "Accept": f"application/json;version={version}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return ask(self.port, method, "/cloudapi/1.0.0/" + path, None if body is None else json.dumps(body), headers)

    def oauth(self, what, form=None, headers=None, method="POST"):
        """Before any log-in: no Accept."""
        body = None if form is None else urllib.parse.urlencode(form)
        return ask(self.port, method, f"/oauth/{self.user_def}/{what}", body,
                   {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "go-vcloud-director",
                    **(headers or {})})

    def refresh(self, token):
        return self.oauth("token", {"grant_type": "refresh_token", "refresh_token": token})

    def register(self, body):
        """The Go client sends an empty version here."""
        headers = {**self.headers(), "Accept": "application/json;version=", "Content-Type": "application/json"}
        return ask(self.port, "POST", f"/oauth/{self.user_def}/register", json.dumps(body), headers)

    def exchange(self, client_id, assertion=None):
        return self.oauth("token", {"grant_type": JWT_BEARER, "client_id": client_id,
                                    "assertion": assertion or self.token, "scope": "openid offline_access"},
                          self.headers())

    def new_token(self, name):
        """(id, API token) of a registration that is exchanged."""
        registered = self.register({"client_name": name})
        assert registered.status in (200, 201), registered.body
        client_id = registered.json()["client_id"]
        exchanged = self.exchange(client_id)
        assert exchanged.status == 200, exchanged.body
        return client_id, exchanged.json()["refresh_token"]

    def new_account(self, name, role="urn:vcloud:role:System%20Administrator"):
        """The id of a service account."""
        answer = self.register({"client_name": name, "software_id": str(uuid.uuid4()), "scope": role,
                                "software_version": "1.0", "client_uri": "https://example.org"})
        assert answer.status in (200, 201), answer.body
        return answer.json()["client_id"]

    def account(self, client_id):
        return self.cloudapi("GET", f"serviceAccounts/urn:vcloud:serviceAccount:{client_id}")

    def authorize(self, client_id):
        return self.oauth("device_authorization", {"client_id": client_id})

    def grant(self, user_code):
        return self.cloudapi("POST", "deviceLookup/grant", {"userCode": user_code})

    def poll(self, client_id, device_code):
        return self.oauth("token", {"grant_type": DEVICE_CODE, "client_id": client_id, "device_code": device_code})

    def activate(self, name, administrator=None):
        """(id, refresh token) of a service account that went through all of it."""
        administrator = administrator or self
        client_id = administrator.new_account(name)
        asked = self.authorize(client_id).json()
        assert administrator.grant(asked["user_code"]).status == 204
        answer = self.poll(client_id, asked["device_code"])
        assert answer.status == 200, answer.body
        return client_id, answer.json()["refresh_token"]
