"""Rate limits as peers meet them: a flood of wrong secrets beside an honest client, which must not notice."""

import base64
import http.client
import json
import shutil
import signal
import sys
import tempfile
import threading
import time
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon, free_port  # noqa: E402

FLOODER, HONEST = "127.0.0.2", "127.0.0.1"
FAILURES = "failed_authentication_rate_per_s = 2\nfailed_authentication_burst = 10\n"


class Peer:
    """A kept-alive connection from an address of its own."""

    def __init__(self, port, address):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(address, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def ask(self, client_id, secret):
        """(status, headers, body) of a token request."""
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        self.connection.request(
            "POST", "/oauth2/token", body="grant_type=client_credentials",
            headers={"Authorization": "Basic " + basic, "Content-Type": "application/x-www-form-urlencoded"})
        answer = self.connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, json.loads(answer.read())

    def status(self, client_id, secret):
        return self.ask(client_id, secret)[0]


def until(condition, timeout_s=20):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


class RateLimits(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-rate-"))
        self.port = free_port()
        self.config = self.dir / "signet.toml"
        self.daemon = None

    def tearDown(self):
        if self.daemon is not None:
            self.assertEqual(0, self.daemon.stop())
        shutil.rmtree(self.dir, ignore_errors=True)

    def configure(self, limits="", top=""):
        self.config.write_text(
            f'data_dir = "{self.dir}/data"\nissuer = "http://127.0.0.1:{self.port}"\nworkers = 1\n'
            f'listen = ["127.0.0.1:{self.port}"]\nconsole_listen = ["127.0.0.1:{self.port + 1}"]\n{top}'
            f'[limits]\n{limits}')

    def reload(self, limits):
        before = self.daemon.stderr.count('"event":"reloaded"')
        self.configure(limits)
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(until(lambda: self.daemon.stderr.count('"event":"reloaded"') > before), self.daemon.stderr)

    def serve(self, limits="", top=""):
        self.configure(limits, top)
        self.daemon = Daemon.start(data_dir=self.dir / "data", port=self.port, dev=False,
                                   arguments=["--config", self.config])
        self.daemon.ctl("key", "add", "--alg", "EdDSA")
        made = self.daemon.ctl("client", "add", "svc")
        return made["client_id"], made["client_secret"]

    def peer(self, address):
        return Peer(self.port, address)

    @staticmethod
    def refused(peer, *identity):
        return peer.status(*identity) == 429

    def metric(self, limit):
        connection = http.client.HTTPConnection("127.0.0.1", self.port + 1, timeout=10)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        line = f'signet_rate_limited_total{{limit="{limit}"}} '
        return next(int(found[len(line):]) for found in text.splitlines() if found.startswith(line))

    def test_a_flood_of_wrong_secrets_is_refused_and_an_honest_client_is_not(self):
        identity = self.serve(FAILURES)
        flood, stop = Counter(), threading.Event()

        def flooding():
            with self.peer(FLOODER) as peer:
                while not stop.is_set():
                    flood[peer.status("svc", "guess" * 8)] += 1

        thread = threading.Thread(target=flooding)
        thread.start()
        try:
            with self.peer(HONEST) as peer:
                self.assertTrue(until(lambda: flood[429] > 100))
                # The flood guesses at this very client.
                honest = Counter(peer.status(*identity) for _ in range(200))
        finally:
            stop.set()
            thread.join()
        self.assertEqual({200: 200}, honest)
        self.assertEqual({401, 429}, set(flood))
        self.assertGreater(flood[429], flood[401])
        self.assertEqual(flood[429], self.metric("failed_authentication"))
        self.assertTrue(until(lambda: '"event":"rate_limited"' in self.daemon.stderr))
        self.assertNotIn("guess", self.daemon.stderr)
        with self.peer(FLOODER) as peer:
            self.assertTrue(until(lambda: self.refused(peer, "svc", "wrong") and self.refused(peer, *identity)),
                            "the right secret does not stand out")

    def test_who_waits_as_told_is_served(self):
        identity = self.serve("failed_authentication_rate_per_s = 1\nfailed_authentication_burst = 3\n")
        with self.peer(FLOODER) as peer:
            answers = []
            self.assertTrue(until(lambda: self.refused(peer, "svc", "wrong")
                                  and answers.append(peer.ask(*identity)) is None and answers[-1][0] == 429))
            status, headers, body = answers[-1]
            self.assertEqual((429, "temporarily_unavailable"), (status, body["error"]))
            self.assertEqual("no-store", headers["cache-control"])
            self.assertGreaterEqual(int(headers["retry-after"]), 1)
            time.sleep(int(headers["retry-after"]))
            self.assertEqual(200, peer.status(*identity))

    def test_the_defaults_do_not_hurt_who_never_fails(self):
        identity = self.serve()
        with self.peer(HONEST) as peer:
            self.assertEqual({200: 1000}, Counter(peer.status(*identity) for _ in range(1000)))

    def test_a_reload_takes_limits(self):
        identity = self.serve("failed_authentication_rate_per_s = 0\n")
        with self.peer(HONEST) as peer, self.peer(FLOODER) as other:
            self.assertEqual({401: 300}, Counter(peer.status("svc", "wrong") for _ in range(300)))
            self.reload("client_rate_per_s = 1\nclient_burst = 2\n")
            self.assertIn(429, [peer.status(*identity) for _ in range(10)])
            self.assertTrue(until(lambda: self.refused(peer, *identity) and self.refused(other, *identity)),
                            "a client is one client from wherever")
            self.reload("address_rate_per_s = 1\naddress_burst = 2\n")
            self.assertIn(429, [peer.status(*identity) for _ in range(10)])
            self.assertEqual(200, other.status(*identity))
            self.reload("failed_authentication_rate_per_s = 0\n")
            self.assertEqual({200: 100}, Counter(peer.status(*identity) for _ in range(100)))
        self.assertGreater(self.metric("client"), 0)
        self.assertGreater(self.metric("address"), 0)
        self.assertEqual(0, self.metric("failed_authentication"))

    def test_a_trusted_proxy_has_no_limit_of_its_own(self):
        identity = self.serve("failed_authentication_rate_per_s = 1\nfailed_authentication_burst = 1\n"
                              "address_rate_per_s = 1\naddress_burst = 1\n", f'trusted_proxies = ["{FLOODER}"]\n')
        with self.peer(FLOODER) as proxy:
            self.assertEqual({401: 100}, Counter(proxy.status("svc", "wrong") for _ in range(100)))
            self.assertEqual(200, proxy.status(*identity))

    def test_dev_has_no_rate_limits(self):
        daemon = Daemon.start()
        try:
            with Peer(daemon.port, HONEST) as peer:
                self.assertEqual({401: 500}, Counter(peer.status("demo", "wrong") for _ in range(500)))
                self.assertEqual(200, peer.status("demo", daemon.secret()))
        finally:
            self.assertEqual(0, daemon.stop())


if __name__ == "__main__":
    unittest.main()
