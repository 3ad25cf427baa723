"""What signs EdDSA and ES256: eight lanes where the processor can, libraries elsewhere and on request."""

import base64
import concurrent.futures
import json
import os
import re
import sys
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402

FEATURES = ("avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512ifma", "avx512vbmi", "avx512_vbmi2", "bmi2")


def processor_can():
    if "SIGNET_WITHOUT_AVX512" in os.environ:
        return False
    flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return flags is not None and set(FEATURES) <= set(flags[1].split())


class Signer(unittest.TestCase):
    def start(self, *arguments, **environment):
        self.daemon = Daemon.start(arguments=arguments, environment=environment)
        self.addCleanup(self.daemon.kill)

    def signer(self):
        status = self.daemon.ctl("status")
        with urllib.request.urlopen(f"http://127.0.0.1:{self.daemon.port + 1}/metrics", timeout=10) as answer:
            metrics = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[0] != "#")
        self.assertEqual("1" if status["signer"] == "lanes" else "0", metrics["signet_signer_lanes"])
        self.assertEqual("0", metrics["signet_signer_fault"])
        return status["signer"], status["signer_reason"]

    def tokens_are_good(self):
        """Sixteen at a time, so that groups are full at times, and each is checked again by the daemon."""
        added = self.daemon.ctl("client", "add", "p256", "--alg", "ES256", "--grant", "client_credentials",
                                "--scope", "a", "--audience", "urn:demo")
        for algorithm, client, secret in (("EdDSA", "demo", self.daemon.secret()),
                                          ("ES256", "p256", added["client_secret"])):
            def one(_, client=client, secret=secret):
                status, answer = self.daemon.token(client, secret)
                return answer["access_token"] if status == 200 else None

            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                tokens = list(pool.map(one, range(160)))
            self.assertNotIn(None, tokens)
            self.assertEqual(160, len({token.rsplit(".")[2] for token in tokens}))
            for token in tokens[::10]:
                header = token.split(".")[0]
                header = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
                self.assertEqual(algorithm, header["alg"])
                self.assertTrue(self.active(token))
                self.assertFalse(self.active(token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:]))
        self.assertEqual(0, self.daemon.stop())

    def active(self, token):
        basic = base64.b64encode(f"demo-rs:{self.daemon.secret('demo-rs')}".encode()).decode()
        request = urllib.request.Request(self.daemon.issuer + "/oauth2/introspect", data=f"token={token}".encode(),
                                         headers={"Authorization": "Basic " + basic})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["active"]

    def test_the_lanes_sign_where_the_processor_can(self):
        self.start("--signer", "auto")
        self.assertEqual("lanes" if processor_can() else "portable", self.signer()[0])
        self.assertIn("AVX-512", self.signer()[1])  # either way
        self.tokens_are_good()

    def test_libsodium_signs_on_request(self):
        self.start("--signer", "portable")
        self.assertEqual(("portable", "so configured"), self.signer())
        self.tokens_are_good()

    def test_libsodium_signs_where_the_processor_cannot(self):
        self.start("--signer", "auto", SIGNET_WITHOUT_AVX512="1")
        self.assertEqual("portable", self.signer()[0])
        self.assertIn("lacks AVX-512", self.signer()[1])
        self.tokens_are_good()


if __name__ == "__main__":
    unittest.main()
