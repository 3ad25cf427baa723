"""A follower of the revocation feed, written from daemon/endpoint/feed.md alone: it shares no code with the server."""

import base64
import hashlib
import http.client
import json
import socket
import time
import urllib.parse

import jwt


class Wrong(Exception):
    """The server said something that the protocol does not allow."""


def chain(before, entry):
    text = "\n".join([str(entry["seq"]), entry["kind"], str(entry["issued_before"]), str(entry["exp"]), entry["value"]])
    return hashlib.sha256(before + text.encode()).digest()


class Follower:
    """`known` maps (kind, value) to (issued_before, exp). Not for several threads, but for `hang_up`."""

    def __init__(self, issuer, client_id, secret):
        self.issuer = issuer
        quoted = ":".join(urllib.parse.quote_plus(part) for part in (client_id, secret))
        self.authorization = "Basic " + base64.b64encode(quoted.encode()).decode()
        self.connection = None
        self.keys = {}
        self.cursor = None
        self.epoch = None
        self.seq = 0
        self.hash = bytes(32)
        self.known = {}
        self.checkpoints = self.snapshots = self.pages = self.reconnects = 0

    def close(self):
        if self.connection is not None:
            self.connection.close()

    def hang_up(self):
        """Breaks the connection, from any thread, in the middle of whatever it does."""
        connection = self.connection
        if connection is not None and connection.sock is not None:
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def get(self, url, timeout_s=30):
        """(status, parsed body); asks again while the connection breaks or the server is busy."""
        parts = urllib.parse.urlsplit(url)
        path = parts.path + ("?" + parts.query if parts.query else "")
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout_s)
                self.connection.request("GET", path, headers={"Authorization": self.authorization})
                answer = self.connection.getresponse()
                body = json.loads(answer.read())
                if answer.status != 503:
                    return answer.status, body
                time.sleep(float(answer.getheader("Retry-After")))
            except (OSError, http.client.HTTPException, ValueError):
                self.reconnects += 1
                self.connection.close()
                self.connection = None
                time.sleep(0.05)
        raise Wrong("the server does not answer")

    # --- checkpoints ---

    def key(self, kid):
        if kid not in self.keys:
            status, jwks = self.get(self.issuer + "/.well-known/jwks.json")
            if status != 200:
                raise Wrong(f"no keys: {status}")
            self.keys = {one["kid"]: jwt.PyJWK(one) for one in jwks["keys"]}
        return self.keys[kid]

    def check(self, token):
        """The claims of a checkpoint that holds."""
        header = jwt.get_unverified_header(token)
        if header["typ"] != "signet-checkpoint+jwt":
            raise Wrong(f"a checkpoint of type {header['typ']}")
        claims = jwt.decode(token, key=self.key(header["kid"]).key, algorithms=[header["alg"]], issuer=self.issuer,
                            options={"verify_aud": False, "require": ["iss", "iat"]})
        if claims["epoch"] != self.epoch or claims["count"] != claims["seq"]:
            raise Wrong(f"a checkpoint of another feed: {claims}")
        self.checkpoints += 1
        return claims

    def check_here(self, token):
        claims = self.check(token)
        here = base64.urlsafe_b64encode(self.hash).rstrip(b"=").decode()
        if (claims["seq"], claims["hash"]) != (self.seq, here):
            raise Wrong(f"at {self.seq} with {here} the checkpoint says {claims}")

    # --- entries ---

    @staticmethod
    def apply(known, entry):
        place = (entry["kind"], entry["value"])
        before = known.get(place, (0, 0))
        known[place] = (max(before[0], entry["issued_before"]), max(before[1], entry["exp"]))

    def snapshot(self):
        """Replaces what is known."""
        address = self.issuer + "/oauth2/revocations/snapshot"
        while True:
            known, last, url = {}, 0, address
            while True:
                status, page = self.get(url)
                if status == 410:
                    break
                if status != 200:
                    raise Wrong(f"snapshot: {status} {page}")
                for entry in page["entries"]:
                    if entry["seq"] <= last:
                        raise Wrong("a snapshot out of order")
                    last = entry["seq"]
                    self.apply(known, entry)
                if len(page["entries"]) > 1000:
                    raise Wrong("a page of more than 1,000 entries")
                if not page["more"]:
                    break
                url = address + "?after=" + urllib.parse.quote(page["next"])
            if status == 200:
                break
        self.epoch = page["epoch"]
        claims = self.check(page["checkpoint"])
        if last > claims["seq"]:
            raise Wrong("the snapshot goes beyond its checkpoint")
        self.cursor, self.seq, self.known = page["to"], claims["seq"], known
        self.hash = base64.urlsafe_b64decode(claims["hash"] + "=")
        self.snapshots += 1

    def step(self, wait_s):
        """Asks once; gives whether there is more at once."""
        query = {"wait": wait_s}
        if self.cursor is not None:
            query["after"] = self.cursor
        status, page = self.get(f"{self.issuer}/oauth2/revocations?{urllib.parse.urlencode(query)}", wait_s + 15)
        if status == 410:
            self.snapshot()
            return True
        if status != 200:
            raise Wrong(f"feed: {status} {page}")
        if self.cursor is not None and (page["from"] != self.cursor or page["epoch"] != self.epoch):
            raise Wrong("a page of somewhere else")
        self.epoch = page["epoch"]
        if len(page["entries"]) > 1000:
            raise Wrong("a page of more than 1,000 entries")
        for entry in page["entries"]:
            if entry["seq"] != self.seq + 1:
                raise Wrong(f"{entry['seq']} after {self.seq}")
            self.seq = entry["seq"]
            self.hash = chain(self.hash, entry)
            self.apply(self.known, entry)
        self.check_here(page["checkpoint"])
        self.cursor = page["to"]
        self.pages += 1
        return page["more"]

    def live(self, now):
        return {place: value for place, value in self.known.items() if value[1] > now}
