"""The nginx example of daemon/nginx-example.conf, run by the real nginx in front of a real upstream: who passes, who
does not, and that nobody but Signet says who somebody is."""

import http.client
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon, free_port  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")


class Upstream(http.server.BaseHTTPRequestHandler):
    """Remembers what reached it."""
    seen = []

    def do_GET(self):
        size = int(self.headers.get("Content-Length") or 0)
        Upstream.seen.append((self.command, self.path, self.headers, self.rfile.read(size)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_DELETE = do_GET

    def log_message(self, *_):
        pass


def replaced(text, old, new):
    assert text.count(old) >= 1, old
    return text.replace(old, new)


@unittest.skipIf(NGINX is None, "nginx is not installed")
class Nginx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        threading.Thread(target=cls.upstream.serve_forever, daemon=True).start()
        cls.directory = tempfile.TemporaryDirectory()
        cls.port = free_port()
        config = (ROOT / "daemon/nginx-example.conf").read_text()
        config = replaced(config, "127.0.0.1:8420", f"127.0.0.1:{cls.daemon.port}")
        config = replaced(config, "127.0.0.1:9000", f"127.0.0.1:{cls.upstream.server_address[1]}")
        config = replaced(config, "127.0.0.1:8080", f"127.0.0.1:{cls.port}")
        config = replaced(config, "worker_processes auto;", "worker_processes 1;")
        # A user's own nginx may not write where the system's does.
        paths = "".join(f"  {name}_temp_path {cls.directory.name}/{name};\n"
                        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config = replaced(config, "http {\n", "http {\n  access_log off;\n" + paths)
        path = Path(cls.directory.name) / "nginx.conf"
        path.write_text(f"daemon off;\npid {cls.directory.name}/pid;\nerror_log stderr warn;\n" + config)
        cls.nginx = subprocess.Popen([NGINX, "-p", cls.directory.name, "-c", str(path)], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            try:
                http.client.HTTPConnection("127.0.0.1", cls.port, timeout=5).connect()
                break
            except OSError:
                assert cls.nginx.poll() is None and time.monotonic() < deadline, "nginx does not listen"
                time.sleep(0.05)

    @classmethod
    def tearDownClass(cls):
        cls.nginx.terminate()
        cls.nginx.wait(20)
        cls.upstream.shutdown()
        cls.upstream.server_close()
        cls.directory.cleanup()
        assert cls.daemon.stop() == 0

    def setUp(self):
        Upstream.seen.clear()

    def ask(self, token=None, headers=None, method="GET", path="/orders/7?x=1", body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        send = dict(headers or {})
        if token is not None:
            send["Authorization"] = "Bearer " + token
        connection.request(method, path, headers=send, body=body)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader("WWW-Authenticate")

    def token(self, *arguments):
        return self.daemon.ctl("token", "issue", "--client", "demo", *arguments)["access_token"]

    def test_a_valid_token_passes_with_what_signet_says_of_it(self):
        token = self.token("--subject", "robot 7", "--scope", "a.read", "--scope", "b.read")
        for method, body in (("GET", None), ("POST", b"payload"), ("DELETE", None)):
            self.assertEqual(200, self.ask(token, method=method, body=body)[0])
        command, path, headers, body = Upstream.seen[1]
        self.assertEqual(("POST", "/orders/7?x=1", b"payload"), (command, path, body))
        self.assertEqual(("demo", "robot%207", "a.read%20b.read"),
                         tuple(headers["X-Signet-" + name] for name in ("Client", "Subject", "Scope")))
        self.assertGreater(int(headers["X-Signet-Expires"]), time.time())

    def test_fields_from_outside_never_arrive(self):
        token = self.token("--scope", "a.read")
        self.assertEqual(200, self.ask(token, {
            "X-Signet-Client": "root", "x-signet-subject": "root", "X-SIGNET-SCOPE": "admin",
            "X-Signet-Expires": "9999999999"})[0])
        headers = Upstream.seen[0][2]
        for name, wanted in (("Client", "demo"), ("Subject", "demo"), ("Scope", "a.read")):
            self.assertEqual([wanted], headers.get_all("X-Signet-" + name))
        self.assertNotEqual(["9999999999"], headers.get_all("X-Signet-Expires"))

    def test_nobody_else_reaches_the_upstream(self):
        good = self.token()
        self.assertEqual((401, 'Bearer realm="signet"'), self.ask())
        self.assertEqual((401, 'Bearer realm="signet", error="invalid_token"'), self.ask(good[:-2]))
        self.assertEqual(401, self.ask(headers={"Authorization": "Basic ZGVtbzp4"})[0])
        self.assertEqual((403, 'Bearer realm="signet", error="insufficient_scope", scope="a.read"'),
                         self.ask(self.token("--scope", "b.read")))
        self.assertEqual(404, self.ask(good, path="/signet-verify")[0], "the question itself is not for clients")
        self.assertEqual([], Upstream.seen)

    def test_a_token_for_another_audience_never_passes(self):
        self.daemon.ctl("client", "add", "svc.other", "--audience", "urn:other", "--scope", "a.read")
        token = self.daemon.ctl("token", "issue", "--client", "svc.other")["access_token"]
        for path in ("/", "/?audience=urn:other", "/verify?audience=urn:other", "/x?scope=&audience=urn:other"):
            self.assertEqual(401, self.ask(token, path=path)[0])
        self.assertEqual([], Upstream.seen)

    def test_a_client_is_out_the_moment_its_disabling_is_answered(self):
        self.daemon.ctl("client", "add", "svc.off", "--audience", "urn:demo", "--scope", "a.read")
        token = self.daemon.ctl("token", "issue", "--client", "svc.off")["access_token"]
        self.assertEqual(200, self.ask(token)[0])
        self.daemon.ctl("client", "disable", "svc.off")
        self.assertEqual(401, self.ask(token)[0])

    def test_a_token_is_out_the_moment_its_revocation_is_answered(self):
        token = self.token()
        self.assertEqual(200, self.ask(token)[0])
        code, _, error = self.daemon.ctl("token", "revoke", "--token-stdin", stdin=token, check=False)
        if code == 2:
            self.skipTest(f"signetctl has no `token revoke --token-stdin`: {error.strip()[:100]}")
        self.assertEqual(0, code, error)
        self.assertEqual((401, 'Bearer realm="signet", error="invalid_token"'), self.ask(token))
        self.assertEqual(200, self.ask(self.token())[0], "the others stay")


if __name__ == "__main__":
    unittest.main()
