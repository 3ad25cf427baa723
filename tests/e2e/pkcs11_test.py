"""Signing keys in a PKCS#11 token: their whole life, what a start refuses, and what a slow or lost token does to the
rest. The token is SoftHSM; the tokens are verified by PyJWT with the published key set alone."""

import base64
import concurrent.futures
import json
import re
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import jwt

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import SIGNETD, ready, until  # noqa: E402
from soft_token import FAULTY, PIN, SoftToken, installed  # noqa: E402

AUDIENCE = "urn:example:orders"


@unittest.skipUnless(installed(), "needs softhsm2")
class Pkcs11(unittest.TestCase):
    def setUp(self):
        self.token = SoftToken()
        self.addCleanup(self.token.remove)
        self.daemon = None

    def tearDown(self):
        if self.daemon is not None:
            self.daemon.kill()

    def start(self, **config):
        if self.daemon is not None:
            self.assertEqual(0, self.daemon.stop())
        self.daemon = self.token.daemon(**config)

    def refusal(self, **config):
        """The text of a start that fails."""
        daemon = self.token.daemon(wait=False, **config)
        daemon.wait_ready()
        self.assertEqual(1, daemon.process.wait(30), daemon.stderr)
        daemon.kill()
        return daemon.stderr

    def client(self, alg):
        made = self.daemon.ctl("client", "add", f"c-{alg}", "--alg", alg, "--audience", AUDIENCE,
                               "--introspect", AUDIENCE)
        return made["client_id"], made["client_secret"]

    def verify(self, token, alg):
        with urllib.request.urlopen(self.daemon.issuer + "/.well-known/jwks.json", timeout=10) as answer:
            keys = {key["kid"]: key for key in json.load(answer)["keys"]}
        kid = jwt.get_unverified_header(token)["kid"]
        self.assertIn(kid, keys)
        self.assertNotIn("d", keys[kid])
        jwt.decode(token, key=jwt.PyJWK(keys[kid]).key, algorithms=[alg], audience=AUDIENCE, issuer=self.daemon.issuer)
        return kid

    def issue(self, client, alg):
        status, body = self.daemon.token(*client)
        self.assertEqual(200, status, body)
        return body["access_token"], self.verify(body["access_token"], alg)

    def introspect(self, client, token):
        with self.ask(client, "/oauth2/introspect", urllib.parse.urlencode({"token": token}).encode()) as answer:
            return json.load(answer)["active"]

    def ask(self, client, path, body, content_type="application/x-www-form-urlencoded"):
        basic = base64.b64encode(":".join(client).encode()).decode()
        request = urllib.request.Request(self.daemon.issuer + path, data=body, headers={
            "Authorization": "Basic " + basic, "Content-Type": content_type})
        return urllib.request.urlopen(request, timeout=60)

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.token.port + 1}/metrics", timeout=10) as answer:
            found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.M)
        return float(found.group(1))

    def keys(self):
        return {key["kid"]: key for key in self.daemon.ctl("key", "list")["keys"]}


class Life(Pkcs11):
    def test_each_algorithm_signs_in_the_token_over_restarts(self):
        self.start()
        clients = {}
        for alg in ("EdDSA", "ES256", "RS256", "PS256"):
            made = self.daemon.ctl("key", "add", "--alg", alg, "--pkcs11", *(["--bits", "2048"] if "S2" in alg and
                                                                               alg != "ES256" else []))
            self.assertRegex(made["location"], r"^pkcs11:serial=[0-9a-f]+;id=(%[0-9A-F]{2}){32};type=private$")
            clients[alg] = self.client(alg)
            token, kid = self.issue(clients[alg], alg)
            self.assertEqual(made["kid"], kid)
            before = self.metric("signet_pkcs11_signatures_total")
            self.assertTrue(self.introspect(clients[alg], token))
            self.assertFalse(self.introspect(clients[alg], token[:-12] + "AAAAAAAAAAAA"))
            self.assertEqual(before, self.metric("signet_pkcs11_signatures_total"), "a check asked the token")
        self.assertEqual(4, len(self.token.private_ids()))
        self.start()
        for alg, client in clients.items():
            self.issue(client, alg)
        token = self.daemon.ctl("token", "issue", "--client", "c-ES256")["access_token"]
        self.verify(token, "ES256")
        self.assertTrue(self.daemon.ctl("status")["pkcs11"]["up"])
        table = self.daemon.ctl("key", "list")["keys"]
        self.assertTrue(all(key["location"].startswith("pkcs11:") for key in table))

    def test_a_batch_is_signed_in_the_token(self):
        self.start(module=FAULTY)
        self.daemon.ctl("key", "add", "--alg", "ES256", "--pkcs11")
        client = self.client("ES256")
        self.token.fault(sign_ms=2)
        body = json.dumps([{} for _ in range(300)]).encode()
        with self.ask(client, "/oauth2/token/batch", body, "application/json") as answer:
            lines = [json.loads(line) for line in answer.read().splitlines()]
        self.assertEqual(300, len(lines))
        self.assertEqual([], [line for line in lines if "access_token" not in line][:3])
        self.verify(lines[299]["access_token"], "ES256")

    def test_a_label_and_an_adopted_key(self):
        self.start()
        made = self.daemon.ctl("key", "add", "--alg", "EdDSA", "--pkcs11", "front door")
        self.assertIn("front door", self.token.tool("--list-objects", "--type", "privkey"))
        self.token.tool("--keypairgen", "--key-type", "EC:prime256v1", "--id", "a1b2", "--sensitive", "--usage-sign")
        adopted = self.daemon.ctl("key", "add", "--alg", "ES256", "--pkcs11-id", "A1B2")
        self.assertTrue(adopted["location"].endswith(";id=%A1%B2;type=private"))
        self.assertNotEqual(made["kid"], adopted["kid"])
        self.issue(self.client("ES256"), "ES256")

    def test_rotation_stays_in_the_token_and_destroys_what_signs_no_more(self):
        self.start()
        first = self.daemon.ctl("key", "add", "--alg", "ES256", "--pkcs11")["kid"]
        client = self.client("ES256")
        token, _ = self.issue(client, "ES256")
        before = self.token.private_ids()
        rotated = self.daemon.ctl("key", "rotate", "--alg", "ES256", "--before-verifiers-know")
        second = rotated["successor"]["kid"]
        self.assertTrue(rotated["successor"]["location"].startswith("pkcs11:"))
        stolen, kid = self.issue(client, "ES256")
        self.assertEqual(second, kid)
        self.assertTrue(until(lambda: self.keys()[first]["location"] == "", 40))
        self.assertFalse(before & self.token.private_ids())
        self.assertEqual("retiring", self.keys()[first]["status"])
        self.verify(token, "ES256")
        self.assertTrue(self.introspect(client, token))
        self.daemon.ctl("key", "rotate", "--alg", "ES256", "--compromised")
        self.assertTrue(until(lambda: self.keys()[second]["location"] == "", 40))
        self.assertEqual(1, len(self.token.private_ids()))
        third = self.issue(client, "ES256")[1]
        self.assertNotIn(third, (first, second))
        self.assertFalse(self.introspect(client, stolen))
        self.assertTrue(self.introspect(client, token))
        self.assertIn("key.object-destroyed", self.daemon.ctl("audit", "tail", "--what", "key.", check=False)[1])

    def test_what_cannot_live_in_a_token_is_refused(self):
        self.start()
        for arguments, why in ((("--alg", "HS256", "--audience", AUDIENCE, "--pkcs11"), "resource server"),
                               (("--alg", "ES256", "--pkcs11-id", "00ff"), "no private key"),
                               (("--alg", "ES256", "--pkcs11-id", "0"), "hexadecimal"),
                               (("--alg", "ES256", "--pkcs11-id", "zz"), "hexadecimal"),
                               (("--alg", "RS256", "--pkcs11-id", "01", "--bits", "2048"), "size")):
            code, _, err = self.daemon.ctl("key", "add", *arguments, check=False)
            self.assertNotEqual(0, code)
            self.assertIn(why, err)
        self.token.tool("--keypairgen", "--key-type", "rsa:1024", "--id", "0400", "--sensitive", "--usage-sign")
        code, _, err = self.daemon.ctl("key", "add", "--alg", "RS256", "--pkcs11-id", "0400", check=False)
        self.assertEqual(1, code)
        self.assertIn("2048, 3072 or 4096", err)
        self.assertEqual({}, self.keys())

    def test_nothing_of_the_pin_is_in_log_store_or_answers(self):
        self.start()
        self.daemon.ctl("key", "add", "--alg", "EdDSA", "--pkcs11")
        seen = json.dumps(self.daemon.ctl("status")) + self.daemon.ctl("audit", "tail", check=False)[1]
        self.assertIn("key.add", seen)
        seen += self.daemon.stderr
        self.assertEqual(0, self.daemon.stop())
        seen += self.daemon.stderr
        self.daemon = None
        self.assertNotIn(PIN, seen)
        for path in (self.token.dir / "data").rglob("*"):
            if path.is_file():
                self.assertNotIn(PIN.encode(), path.read_bytes(), path)


class Starts(Pkcs11):
    def test_a_start_says_what_is_wrong_with_the_token(self):
        self.assertIn("absolute path", self.refusal(module="libsofthsm2.so"))
        self.assertIn("No such file", self.refusal(module="/nowhere/module.so"))
        self.assertIn('"signet" (serial', self.refusal(pkcs11_token="another"))
        self.assertIn("no such file", self.refusal(pkcs11_pin_file=self.token.dir / "missing"))
        self.assertIn("is not set", self.refusal(pkcs11_pin_file=None))
        self.token.write_pin(PIN, 0o644)
        self.assertIn("0600", self.refusal())
        self.token.write_pin("wrong pin")
        text = self.refusal()
        self.assertIn("CKR_PIN_INCORRECT", text)
        self.assertNotIn("wrong pin", text)

    def test_a_key_that_is_gone_from_the_token_stops_the_start(self):
        self.start()
        made = self.daemon.ctl("key", "add", "--alg", "ES256", "--pkcs11")
        self.assertEqual(0, self.daemon.stop())
        self.daemon = None
        identity = re.search(r"id=([^;]+)", made["location"]).group(1).replace("%", "")
        self.assertIn("set pkcs11_module", self.refusal(module=None, pkcs11_token=None, pkcs11_pin_file=None))
        for half in ("privkey", "pubkey"):
            self.token.tool("--delete-object", "--type", half, "--id", identity)
        text = self.refusal()
        for part in (made["kid"], "serial", identity.lower(), "bring the token back"):
            self.assertIn(part, text)

    def test_the_configuration_is_checked_without_a_token(self):
        done = subprocess.run([SIGNETD, "--check-config", "--config", self.token.config(pkcs11_token=None)],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(1, done.returncode)
        self.assertIn("pkcs11_token: is not set", done.stderr + done.stdout)


class Faults(Pkcs11):
    def setUp(self):
        super().setUp()
        self.start(module=FAULTY)
        self.daemon.ctl("key", "add", "--alg", "ES256", "--pkcs11")
        self.slow = self.client("ES256")
        self.quick = self.client("EdDSA")

    def test_a_slow_token_holds_up_its_own_clients_alone(self):
        self.token.fault(sign_ms=40)
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            waiting = [pool.submit(self.daemon.token, *self.slow) for _ in range(120)]
            done = []
            while not all(one.done() for one in waiting):
                began = time.monotonic()
                status, _ = self.daemon.token(*self.quick)
                self.assertEqual(200, status)
                done.append(time.monotonic() - began)
            answers = [one.result() for one in waiting]
        # 120 of 40 ms by four threads take 1.2 s: had a worker waited for any, this would have been far fewer.
        self.assertGreater(len(done), 20)
        self.assertEqual({200}, {status for status, _ in answers})
        self.verify(answers[0][1]["access_token"], "ES256")

    def test_more_than_may_wait_is_refused_with_a_time_and_served_again(self):
        self.start(module=FAULTY, pkcs11_queue_max=8, pkcs11_threads=1)
        self.token.fault(sign_ms=250)

        def ask(_):
            try:
                with self.ask(self.slow, "/oauth2/token", b"grant_type=client_credentials") as answer:
                    return answer.status, None
            except urllib.error.HTTPError as error:
                return error.code, error.headers["Retry-After"]

        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(ask, range(32)))
        self.assertEqual({(200, None), (503, "1")}, set(answers))
        self.assertGreaterEqual(answers.count((200, None)), 8)
        self.token.fault()
        self.assertEqual((200, None), ask(0))

    def test_a_lost_token_gives_503_and_comes_back_by_itself(self):
        self.assertEqual(200, self.daemon.token(*self.slow)[0])
        self.token.fault(sign_rv=0x32, open_rv=0x32)  # CKR_DEVICE_REMOVED
        status, body = self.daemon.token(*self.slow)
        self.assertEqual((503, "temporarily_unavailable"), (status, body["error"]))
        self.assertEqual(200, self.daemon.token(*self.quick)[0])
        self.assertTrue(until(lambda: not ready(self.daemon)))
        self.assertIn("PKCS#11", json.dumps(self.daemon.ctl("status")["not_ready_reasons"]))
        code, _, err = self.daemon.ctl("token", "issue", "--client", self.slow[0], check=False)
        self.assertEqual(1, code)
        self.assertIn("PKCS#11", err)
        self.assertEqual(0, self.metric("signet_pkcs11_up"))
        self.token.fault()
        self.assertTrue(until(lambda: self.daemon.token(*self.slow)[0] == 200, 40))
        self.assertTrue(until(lambda: ready(self.daemon)))
        self.assertGreaterEqual(self.metric("signet_pkcs11_reconnects_total"), 1)
        self.assertIn("pkcs11_lost", self.daemon.stderr)
        self.assertIn("pkcs11_back", self.daemon.stderr)

    def test_errors_under_load_end_in_503s_and_nothing_else(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            stop_at = time.monotonic() + 4
            def ask(client):
                seen = []
                while time.monotonic() < stop_at:
                    seen.append(self.daemon.token(*client)[0])
                return seen
            asked = [pool.submit(ask, self.slow) for _ in range(6)]
            quick = pool.submit(ask, self.quick)
            for _ in range(3):
                time.sleep(0.5)
                self.token.fault(sign_rv=0x30, open_rv=0x30)  # CKR_DEVICE_ERROR
                time.sleep(0.3)
                self.token.fault(sign_ms=1)
            seen = sum((one.result() for one in asked), [])
        self.assertEqual({200, 503}, set(seen))
        self.assertEqual({200}, set(quick.result()))
        self.assertTrue(until(lambda: self.daemon.token(*self.slow)[0] == 200, 40))

    def test_a_wrong_signature_never_leaves(self):
        self.token.fault(garble=1)
        status, body = self.daemon.token(*self.slow)
        self.assertEqual(503, status, body)
        self.assertNotIn("access_token", body)
        self.token.fault()
        self.assertEqual(200, self.daemon.token(*self.slow)[0])

    def test_a_stop_answers_what_waits_in_the_token(self):
        self.token.fault(sign_ms=700)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(self.daemon.token, *self.slow) for _ in range(4)]
            until(lambda: self.metric("signet_pkcs11_waiting") == 4, 10)
            self.assertEqual(0, self.daemon.stop())
            self.assertEqual({200}, {one.result()[0] for one in asked})
        self.daemon = None


if __name__ == "__main__":
    unittest.main()
