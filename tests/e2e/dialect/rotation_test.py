"""The key of a dialect through its life: a pending one takes over at once, since Signet alone checks these tokens; what
the one before signed is good until it expires; a compromised key ends at once."""

import base64
import hashlib
import hmac
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from exchange import ask, basic  # noqa: E402
from signet_daemon import Daemon  # noqa: E402


class DialectRotation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        demo = json.loads((cls.daemon.data_dir / "demo.json").read_text())
        cls.basic = basic(demo["vietqr"]["username"], demo["vietqr"]["password"])

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def token(self):
        answer = ask(self.daemon.port, "POST", "/vqr/api/token_generate", "{}", {"Authorization": self.basic})
        self.assertEqual(200, answer.status, answer.body)
        return answer.json()["access_token"]

    def verified(self, token):
        return ask(self.daemon.port, "GET", "/verify?dialect=vietqr", None, {"Authorization": "Bearer " + token}).status

    def keys(self, status):
        return [key["kid"] for key in self.daemon.ctl("key", "list")["keys"]
                if key["dialect"] == "vietqr" and key["status"] == status]

    def signed_with(self, kid, token):
        secret = json.loads(self.daemon.ctl("key", "export-secret", kid, check=False)[1])["k"]
        signed, _, signature = token.rpartition(".")
        key = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
        mac = base64.urlsafe_b64encode(hmac.digest(key, signed.encode(), hashlib.sha512)).rstrip(b"=").decode()
        return mac == signature

    def test_1_a_pending_key_takes_over_and_old_tokens_live_on(self):
        first, old = self.keys("active")[0], self.token()
        second = self.daemon.ctl("key", "add", "--alg", "HS512", "--dialect", "vietqr")["kid"]
        self.assertEqual([second], self.keys("pending"))
        self.assertTrue(self.signed_with(first, self.token()), "a pending key does not sign")
        rotated = self.daemon.ctl("key", "rotate", "--dialect", "vietqr")
        self.assertEqual((second, "active"), (rotated["successor"]["kid"], rotated["successor"]["status"]))
        self.assertEqual((first, "retiring"), (rotated["predecessor"]["kid"], rotated["predecessor"]["status"]))
        new = self.token()
        self.assertTrue(self.signed_with(second, new))
        self.assertEqual([200, 200], [self.verified(old), self.verified(new)])
        code, out, err = self.daemon.ctl("key", "retire", first, check=False)
        self.assertEqual(1, code, out)
        self.assertIn("the tail of key", err)
        self.daemon.ctl("key", "retire", first, "--while-tokens-live")
        self.assertEqual([403, 200], [self.verified(old), self.verified(new)])

    def test_2_without_a_pending_key_one_is_made(self):
        before = self.keys("active")
        rotated = self.daemon.ctl("key", "rotate", "--dialect", "vietqr")
        self.assertEqual("active", rotated["successor"]["status"])
        self.assertNotIn(rotated["successor"]["kid"], before)
        self.assertEqual(200, self.verified(self.token()))

    def test_3_a_compromised_key_ends_at_once(self):
        old = self.token()
        rotated = self.daemon.ctl("key", "rotate", "--dialect", "vietqr", "--compromised")
        self.assertEqual("retired", rotated["predecessor"]["status"])
        self.assertEqual([403, 200], [self.verified(old), self.verified(self.token())])

    def test_4_no_dialects_key_is_in_the_key_set(self):
        published = ask(self.daemon.port, "GET", "/.well-known/jwks.json").body.decode()
        for key in self.daemon.ctl("key", "list")["keys"]:
            self.assertEqual(key["dialect"] == "" and not key["alg"].startswith("HS"), key["kid"] in published, key)


if __name__ == "__main__":
    unittest.main()
