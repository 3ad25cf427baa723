"""Keys as an administrator changes them: what he may do, must not, and may all the same."""

import base64
import json
import os
import shutil
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from faked_clock import FakedClock, can_be_faked  # noqa: E402
from signet_daemon import Daemon, until  # noqa: E402

AUDIENCE = "urn:example:orders"


@unittest.skipUnless(can_be_faked(), "needs faketime, and no sanitizer")
class KeyCommands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = Path(tempfile.mkdtemp(prefix="signet-keys-"))
        cls.clock = FakedClock(cls.dir)
        cls.daemon = Daemon.start(data_dir=cls.dir / "data", environment=cls.clock.environment())
        cls.tenants = 0

    @classmethod
    def tearDownClass(cls):
        cls.daemon.kill()
        shutil.rmtree(cls.dir, ignore_errors=True)

    def setUp(self):
        """A tenant of its own with one key, and a client that uses it."""
        type(self).tenants += 1
        self.tenant = f"t{self.tenants}"
        self.ctl("tenant", "add", self.tenant, of_tenant=False)
        made = self.ctl("client", "add", "orders", "--audience", AUDIENCE)
        self.client = made["client_id"], made["client_secret"]
        self.first = self.keys()[0]["kid"]

    def ctl(self, *arguments, of_tenant=True, **more):
        return self.daemon.ctl(*arguments, *(["--tenant", self.tenant] if of_tenant else []), **more)

    def refusal(self, *arguments):
        code, out, err = self.ctl(*arguments, check=False)
        self.assertEqual(1, code, (out, err))
        return err

    def keys(self):
        return self.ctl("key", "list")["keys"]

    def status(self, kid):
        return next((key["status"] for key in self.keys() if key["kid"] == kid), None)

    def token(self):
        status, answer = self.daemon.token(*self.client, tenant=self.tenant)
        self.assertEqual(200, status, answer)
        return answer["access_token"]

    def published(self):
        address = f"{self.daemon.issuer}/t/{self.tenant}/.well-known/jwks.json"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return [key["kid"] for key in json.load(answer)["keys"]]

    def pass_time(self, seconds):
        self.clock.advance(seconds)
        self.daemon.ctl("clock", "accept")

    def test_a_graceful_rotation_waits_for_verifiers(self):
        rotated = self.ctl("key", "rotate", "--alg", "EdDSA")
        second = rotated["successor"]["kid"]
        self.assertEqual("pending", rotated["successor"]["status"])
        self.assertIsNone(rotated["predecessor"])
        self.assertCountEqual([self.first, second], self.published())
        self.assertEqual(self.first, jwt.get_unverified_header(self.token())["kid"])
        again = self.ctl("key", "rotate", "--alg", "EdDSA")
        self.assertEqual(second, again["successor"]["kid"], "no third key, however often it is asked for")
        self.pass_time(1020)
        self.assertTrue(until(lambda: self.status(second) == "active"))
        self.assertEqual("retiring", self.status(self.first))
        self.assertEqual(second, jwt.get_unverified_header(self.token())["kid"])
        self.assertCountEqual([self.first, second], self.published())
        err = self.refusal("key", "retire", self.first)
        self.assertIn("the tail of key", err)
        self.ctl("key", "retire", self.first, "--while-tokens-live")
        self.assertEqual([second], self.published())

    def test_a_lead_is_overridden_by_its_name_alone(self):
        second = self.ctl("key", "add", "--alg", "EdDSA")["kid"]
        rotated = self.ctl("key", "rotate", second, "--before-verifiers-know")
        self.assertEqual((second, "active"), (rotated["successor"]["kid"], rotated["successor"]["status"]))
        self.assertEqual((self.first, "retiring"), (rotated["predecessor"]["kid"], rotated["predecessor"]["status"]))
        code, out, err = self.daemon.ctl("key", "prove", check=False)
        self.assertEqual(1, code)
        self.assertTrue([gap for gap in json.loads(out)["gaps"] if second in gap], out)

    def test_a_time_before_the_lead_is_refused(self):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now() + 600))
        self.assertIn("the lead of key", self.refusal("key", "rotate", "--alg", "EdDSA", "--at", at))
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now() + 5000))
        self.assertEqual(later, self.ctl("key", "rotate", "--alg", "EdDSA", "--at", later)["successor"]["activate_at"])

    def test_the_key_that_signs_is_not_retired(self):
        self.assertIn("signetctl key rotate", self.refusal("key", "retire", self.first))
        self.assertIn("signetctl key rotate", self.refusal("key", "retire", self.first, "--while-tokens-live"))
        self.ctl("key", "retire", self.first, "--leave-without-key")
        self.assertEqual("retiring", self.status(self.first))
        self.assertEqual([self.first], self.published())
        status, answer = self.daemon.token(*self.client, tenant=self.tenant)
        self.assertGreaterEqual(status, 500, answer)

    def test_a_compromised_key_is_gone_at_once(self):
        token = self.token()
        self.assertTrue(self.active(token))
        rotated = self.ctl("key", "rotate", "--alg", "EdDSA", "--compromised")
        self.assertEqual((self.first, "retired"), (rotated["predecessor"]["kid"], rotated["predecessor"]["status"]))
        second = rotated["successor"]["kid"]
        self.assertEqual([second], self.published())
        self.assertFalse(self.active(token))
        self.assertEqual(second, jwt.get_unverified_header(self.token())["kid"])
        self.assertTrue(self.active(self.token()))
        self.assertTrue([row for row in self.ctl("revocation", "list")["revocations"] if row["value"] == self.first])

    def active(self, token):
        if not hasattr(self, "checker"):
            made = self.ctl("client", "add", "checker", "--introspect", "*")
            self.checker = made["client_id"], made["client_secret"]
        basic = base64.b64encode(":".join(self.checker).encode()).decode()
        request = urllib.request.Request(f"{self.daemon.issuer}/t/{self.tenant}/oauth2/introspect",
                                         data=urllib.parse.urlencode({"token": token}).encode(),
                                         headers={"Authorization": "Basic " + basic})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["active"]

    def test_an_hmac_key_waits_until_it_was_handed_out(self):
        place = ("--alg", "HS256", "--audience", AUDIENCE)
        first = self.ctl("key", "add", *place)["kid"]
        err = self.refusal("key", "rotate", *place)
        second = next(key["kid"] for key in self.keys() if key["status"] == "pending")
        self.assertIn(f"signetctl key export-secret {second}", err)
        self.ctl("key", "export-secret", second)
        self.assertEqual("pending", self.ctl("key", "rotate", *place)["successor"]["status"])
        self.pass_time(61)
        self.assertTrue(until(lambda: self.status(second) == "active"))
        self.assertEqual("retiring", self.status(first))

    def test_a_key_from_elsewhere_is_taken_when_it_is_sound(self):
        private = {"EdDSA": ed25519.Ed25519PrivateKey.generate(), "ES256": ec.generate_private_key(ec.SECP256R1()),
                   "PS256": rsa.generate_private_key(65537, 2048)}
        for alg, key in private.items():
            made = self.import_pem(alg, key)
            self.assertEqual("pending" if alg == "EdDSA" else "active", made["status"])
            self.assertIn(made["kid"], self.published())
            self.assertIn("exists already", self.refusal("key", "import", self.dir / "key.pem", "--alg", alg))
        self.ctl("client", "update", "orders", "--alg", "ES256")
        jwt.decode(self.token(), key=private["ES256"].public_key(), algorithms=["ES256"], audience=AUDIENCE,
                   options={"verify_iat": False, "verify_exp": False, "verify_nbf": False})

    def test_a_jwk_is_taken_too(self):
        for key in (ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1()),
                    rsa.generate_private_key(65537, 2048)):
            alg, algorithm = {"ed": ("EdDSA", jwt.algorithms.OKPAlgorithm), "ec": ("ES256", jwt.algorithms.ECAlgorithm),
                              "rs": ("RS256", jwt.algorithms.RSAAlgorithm)}[self.kind(key)]
            text = algorithm.to_jwk(key)
            jwk = json.loads(text) if isinstance(text, str) else text
            kid = self.ctl("key", "import", "-", stdin=json.dumps(jwk | {"alg": alg}))["kid"]
            public = json.loads(algorithm.to_jwk(key.public_key()))
            with urllib.request.urlopen(f"{self.daemon.issuer}/t/{self.tenant}/.well-known/jwks.json",
                                        timeout=10) as answer:
                published = next(one for one in json.load(answer)["keys"] if one["kid"] == kid)
            for member in ("x", "y", "n", "e"):
                self.assertEqual(public.get(member), published.get(member))

    @staticmethod
    def kind(key):
        return {ed25519.Ed25519PrivateKey: "ed", ec.EllipticCurvePrivateKey: "ec", rsa.RSAPrivateKey: "rs"}[
            next(base for base in (ed25519.Ed25519PrivateKey, ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)
                 if isinstance(key, base))]

    def import_pem(self, alg, key, check=True, encryption=None):
        file = self.dir / "key.pem"
        file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           encryption or serialization.NoEncryption()))
        return self.ctl("key", "import", file, "--alg", alg, check=check)

    def test_an_unsound_key_is_refused_with_its_reason(self):
        edwards, curve = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1())
        small = rsa.generate_private_key(65537, 1024)
        for alg, key, reason in (("ES256", edwards, "another kind or curve"), ("EdDSA", curve, "another kind or curve"),
                                 ("ES256", curve, ""), ("PS256", small, "another size"),
                                 ("RS256", edwards, "another kind")):
            code, out, err = self.import_pem(alg, key, check=False)
            self.assertEqual(1, code, (alg, out))
            self.assertIn(reason, err)
        code, _, err = self.import_pem("EdDSA", edwards, False, serialization.BestAvailableEncryption(b"secret"))
        self.assertIn("encrypted", err)
        for text, reason in (("", "empty"), ("-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----",
                                             "pkcs8"),
                             ("-----BEGIN PRIVATE KEY-----\nAAAA", "no end"), ('{"kty":"EC","crv":"P-521"}', "P-521"),
                             ('{"kty":"OKP","crv":"Ed25519","x":"AA"}', "public key"), ('{"keys":[]}', "set of keys"),
                             ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "PKCS#8")):
            code, _, err = self.ctl("key", "import", "-", "--alg", "EdDSA", stdin=text, check=False)
            self.assertEqual(1, code, text)
            self.assertIn(reason, err)
        short = json.dumps({"kty": "oct", "k": "c2hvcnQ", "alg": "HS256"})
        self.assertIn("shorter", self.ctl("key", "import", "-", "--audience", AUDIENCE, stdin=short, check=False)[2])
        self.assertEqual(1, len(self.keys()), "nothing was taken")

    def test_a_public_half_is_given_out_as_jwk_and_as_pem(self):
        for alg in ("ES256", "PS256", "Ed25519"):
            self.ctl("key", "add", "--alg", alg)
        address = f"{self.daemon.issuer}/t/{self.tenant}/.well-known/jwks.json"
        with urllib.request.urlopen(address, timeout=10) as answer:
            key_set = json.load(answer)
        self.assertEqual(4, len(key_set["keys"]))
        self.assertEqual(key_set, self.ctl("key", "export", "--jwks"))
        for published in key_set["keys"]:
            jwk = self.ctl("key", "export", published["kid"])
            self.assertEqual(published, jwk)
            self.assertEqual(jwk, self.ctl("key", "export", published["kid"], "--format", "jwk"))
            self.assertFalse({"d", "k", "p", "q", "dp", "dq", "qi"} & set(jwk), "public halves only")
            pem = self.ctl("key", "export", published["kid"], "--format", "pem")["pem"]
            from_jwk = jwt.PyJWK(jwk | {"alg": "EdDSA"} if jwk["kty"] == "OKP" else jwk).key
            for key in (serialization.load_pem_public_key(pem.encode()), from_jwk):
                self.assertEqual(pem.encode(), key.public_bytes(serialization.Encoding.PEM,
                                                                serialization.PublicFormat.SubjectPublicKeyInfo))

    def test_a_key_that_is_withdrawn_or_a_dialects_is_given_out_by_its_name_alone(self):
        self.ctl("key", "rotate", "--alg", "EdDSA", "--compromised")
        dialect = self.ctl("key", "add", "--dialect", "vcloud", "--alg", "RS256")["kid"]
        for kid in (self.first, dialect):
            self.assertEqual(kid, self.ctl("key", "export", kid)["kid"])
            self.assertNotIn(kid, [key["kid"] for key in self.ctl("key", "export", "--jwks")["keys"]])

    def test_what_has_no_public_half_or_is_not_there_is_not_given_out(self):
        secret = self.ctl("key", "add", "--alg", "HS256", "--audience", AUDIENCE)["kid"]
        for form in ("jwk", "pem"):
            err = self.refusal("key", "export", secret, "--format", form)
            self.assertIn("no public half", err)
            self.assertIn("key export-secret", err)
            self.assertIn("there is no key", self.refusal("key", "export", "nobody", "--format", form))
        self.assertIn("there is no key", self.daemon.ctl("key", "export", self.first, check=False)[2], "elsewhere")
        self.assertNotIn(secret, json.dumps(self.ctl("key", "export", "--jwks")))
        for arguments in ((), (self.first, "--jwks"), (self.first, "--format", "der"), ("--jwks", "--format", "pem")):
            self.assertEqual(2, self.ctl("key", "export", *arguments, check=False)[0], arguments)

    def test_unknown_keys_and_places_are_named(self):
        self.assertIn("there is no key", self.refusal("key", "rotate", "nobody"))
        self.assertIn("there is no key", self.refusal("key", "retire", "nobody"))
        self.assertIn("there is no active key", self.refusal("key", "rotate", "--alg", "ES256", "--compromised"))
        self.assertIn("has no key that signs", self.refusal("key", "rotate", "--dialect", "vietqr"))

    def test_wrong_usage_is_two(self):
        for arguments in (("k", "--alg", "EdDSA"), ("--alg", "HS256"), ("--alg", "none"),
                          ("--alg", "EdDSA", "--audience", "urn:x"), ("--alg", "EdDSA", "--at", "soon"),
                          ("--alg", "EdDSA", "--at", "2030-01-31T12:00:00Z", "--compromised")):
            code, out, err = self.ctl("key", "rotate", *arguments, check=False)
            self.assertEqual(2, code, (arguments, out, err))

    def test_audit_tail_shows_who_did_what(self):
        self.ctl("key", "rotate", "--alg", "EdDSA", "--before-verifiers-know")
        code, out, err = self.ctl("audit", "tail", "--what", "key.", check=False)
        records = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(["key.add", "key.add", "key.stop", "key.activate"], [record["what"] for record in records])
        self.assertEqual({os.getuid()}, {record["uid"] for record in records})
        self.assertEqual("before_verifiers_know", records[-1]["after"]["overridden"])
        self.assertEqual(1, records[-1]["before"]["status"])


if __name__ == "__main__":
    unittest.main()
