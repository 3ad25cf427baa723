"""Marker secrets sent through every carrier appear in no log, audit record, metric, or file of the data directory."""

import http.client
import sys
import unittest
import urllib.parse
from base64 import b64encode
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402

MARKER = "MarkerSecretThatMustNotShow-0123456789.abcdefgh"


class Secrecy(unittest.TestCase):
    def test_marker_secrets_show_nowhere(self):
        daemon = Daemon.start()
        self.addCleanup(daemon.stop)
        made = daemon.ctl("client", "add", "marked", "--secret-stdin", stdin=MARKER + "\n")
        self.assertNotIn("client_secret", made)
        daemon.ctl("client", "set-password", "marked", stdin=MARKER + "P\n")
        daemon.ctl("client", "add", "person", "--password-stdin", stdin=MARKER + "Q\n")
        status, answer = daemon.token("marked", MARKER)
        self.assertEqual(200, status, answer)
        token = answer["access_token"]
        self.send(daemon, token)
        exported = daemon.ctl("key", "add", "--alg", "HS256", "--audience", "urn:x")
        secret = daemon.ctl("key", "export-secret", exported["kid"])["k"]
        demo = daemon.secret()
        rotated = daemon.ctl("client", "rotate-secret", "marked")["client_secret"]
        metrics = self.fetch(daemon.port + 1, "/metrics")
        daemon.own_dir = False
        self.assertEqual(0, daemon.stop())

        markers = {"given secret": MARKER, "its base64": b64encode(f"marked:{MARKER}".encode()).decode(),
                   "token signature": token.split(".")[2], "exported key": secret, "rotated secret": rotated,
                   "query marker": "QueryMarker77", "bearer marker": "BearerMarker88", "body marker": "BodyMarker99"}
        places = {"log": daemon.stderr.encode(), "metrics": metrics}
        for path in daemon.data_dir.rglob("*"):
            if path.is_file() and not path.name.endswith("-secret"):
                places[str(path.relative_to(daemon.data_dir))] = path.read_bytes()
        self.assertGreater(len(places), 5)
        for place, content in places.items():
            for name, marker in markers.items():
                self.assertNotIn(marker.encode(), content, f"{name} shows in {place}")
        for place, content in places.items():
            self.assertNotIn(demo.encode(), content, f"demo secret shows in {place}")
        self.assertIn(b"authentication_failed", places["log"])
        for path in daemon.data_dir.glob("*-secret"):
            self.assertEqual(0o600, path.stat().st_mode & 0o777)

    def fetch(self, port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path)
        content = connection.getresponse().read()
        connection.close()
        return content

    def send(self, daemon, token):
        """Failures of every kind, each carrying a marker."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        wrong = b64encode(f"nobody:{MARKER}".encode()).decode()
        for path, headers, body in (
                ("/oauth2/token?client_secret=QueryMarker77", form, "grant_type=client_credentials"),
                ("/oauth2/token", {**form, "Authorization": "Basic " + wrong}, "grant_type=client_credentials"),
                ("/oauth2/token", {**form, "Authorization": "Bearer BearerMarker88"}, "x=BodyMarker99"),
                ("/oauth2/token", form, urllib.parse.urlencode({"client_id": "marked", "client_secret": MARKER + "x"})),
                ("/oauth2/token/batch",
                 {"Content-Type": "application/json", "Authorization": "Basic " + wrong}, "[{}]"),
                ("/nowhere?token=" + token, form, "BodyMarker99=%zz")):
            connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
            connection.request("POST", path, body=body, headers=headers)
            self.assertGreaterEqual(connection.getresponse().status, 400)
            connection.close()


if __name__ == "__main__":
    unittest.main()
