"""Tokens verify in Debian's python3-jwt through the JWKS alone; damaged ones do not."""

import base64
import json
import sys
import unittest
import urllib.request
from pathlib import Path

import jwt

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402

AUDIENCE = "urn:example:orders"


def damaged(token, every_bit=False):
    """Every octet of every segment with one bit flipped: each of the eight in turn, or one where verifying is slow."""
    segments = [base64.urlsafe_b64decode(s + "=" * (-len(s) % 4)) for s in token.split(".")]
    for s, segment in enumerate(segments):
        for i in range(len(segment)):
            for bit in range(8) if every_bit else [i % 8]:
                changed = bytearray(segment)
                changed[i] ^= 1 << bit
                parts = segments[:s] + [bytes(changed)] + segments[s + 1 :]
                yield ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts)


class PythonJwt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def decode(self, token, key, algorithm):
        return jwt.decode(token, key=key, algorithms=[algorithm], audience=AUDIENCE, issuer=self.daemon.issuer)

    def token_of(self, algorithm):
        client = self.daemon.ctl("client", "add", f"py-{algorithm}", "--alg", algorithm, "--audience", AUDIENCE)
        status, body = self.daemon.token(client["client_id"], client["client_secret"])
        self.assertEqual(status, 200, body)
        return body["access_token"]

    def check_damaged(self, token, key, algorithm):
        self.assertEqual(self.decode(token, key, algorithm)["client_id"], f"py-{algorithm}")
        for bad in damaged(token, every_bit=algorithm == "EdDSA"):
            with self.assertRaises(jwt.PyJWTError, msg=bad):
                self.decode(bad, key, algorithm)

    def check(self, algorithm):
        token = self.token_of(algorithm)
        with urllib.request.urlopen(self.daemon.issuer + "/.well-known/jwks.json", timeout=10) as answer:
            keys = {key["kid"]: key for key in json.load(answer)["keys"]}
        published = keys[jwt.get_unverified_header(token)["kid"]]
        self.assertEqual(published["alg"], algorithm)
        self.check_damaged(token, jwt.PyJWK(published).key, algorithm)

    def test_eddsa(self):
        self.check("EdDSA")

    def test_es256(self):
        self.check("ES256")

    def test_ps256(self):
        self.check("PS256")

    def test_rs256(self):
        self.check("RS256")

    def test_hs256_with_the_exported_key(self):
        made = self.daemon.ctl("key", "add", "--alg", "HS256", "--audience", AUDIENCE)
        token = self.token_of("HS256")
        self.assertEqual(jwt.get_unverified_header(token)["kid"], made["kid"])
        exported = self.daemon.ctl("key", "export-secret", made["kid"])
        secret = base64.urlsafe_b64decode(exported["k"] + "=" * (-len(exported["k"]) % 4))
        self.check_damaged(token, secret, "HS256")
        with self.assertRaises(jwt.PyJWTError):
            self.decode(token, bytes(len(secret)), "HS256")


if __name__ == "__main__":
    unittest.main()
