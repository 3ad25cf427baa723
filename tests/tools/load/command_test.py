"""signet-load as a program: exit statuses, what goes to stdout and what to stderr.

    SIGNET_BUILD=build python3 tests/tools/load/command_test.py
"""

import http.server
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

LOAD = Path(os.environ["SIGNET_BUILD"]) / "tools/signet-load"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        good = self.headers["Authorization"] == "Basic ZGVtbzpzZWNyZXQtbWFya2Vy"  # demo:secret-marker
        body = b"{}" if good else b'{"error":"invalid_client"}'
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # the generator resets connections at its end


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.url = f"http://127.0.0.1:{cls.server.server_port}"
        cls.directory = tempfile.TemporaryDirectory()
        Path(cls.directory.name, "demo-secret").write_text("secret-marker\n")

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()
        cls.directory.cleanup()

    def run_load(self, *arguments):
        return subprocess.run([LOAD, *arguments], capture_output=True, text=True, timeout=60)

    def token(self, *more):
        return self.run_load("token", "--url", self.url, "--data-dir", self.directory.name, "--connections", "2",
                             "--duration", "0.3", *more)

    def test_json_is_one_object_with_the_pinned_members(self):
        done = self.token("--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(list(json.loads(done.stdout)), ["requests_per_s", "p50_ms", "p99_ms", "p999_ms", "errors"])
        self.assertEqual(done.stdout.count("\n"), 1)
        self.assertEqual(json.loads(done.stdout)["errors"], 0)
        self.assertGreater(json.loads(done.stdout)["requests_per_s"], 0)

    def test_people_get_a_table(self):
        done = self.token()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"requests/s +\d")
        self.assertRegex(done.stdout, r"p99\.9 +\d")

    def test_no_progress_without_a_terminal(self):
        self.assertNotIn("\r", self.token("--duration", "1.2").stderr)

    def test_only_refusals_end_with_1_and_show_why(self):
        wrong = Path(self.directory.name, "wrong")
        wrong.write_text("other-marker")
        done = self.token("--client", "demo", "--secret-file", str(wrong), "--json")
        self.assertEqual(done.returncode, 1)
        self.assertGreater(json.loads(done.stdout)["errors"], 0)
        self.assertIn("status 401", done.stderr)
        self.assertNotIn("marker", done.stdout + done.stderr)

    def test_nothing_listening_ends_with_1_and_says_what_to_do(self):
        done = self.run_load("token", "--url", "http://127.0.0.1:1", "--data-dir", self.directory.name, "--json")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("signetd --dev", done.stderr)

    def test_missing_files_end_with_1(self):
        done = self.run_load("token", "--url", self.url, "--client", "c", "--secret-file", "/nonexistent/secret")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("/nonexistent/secret", done.stderr)

    def test_wrong_usage_ends_with_2(self):
        for arguments in ([], ["refresh"], ["verify"], ["token"], ["token", "--nonsense"],
                          ["token", "--data-dir", self.directory.name, "--url", "https://127.0.0.1"]):
            done = self.run_load(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertTrue(done.stderr.startswith("signet-load: "), done.stderr)

    def test_load_does_not_leave_this_machine_unasked(self):
        done = self.run_load("token", "--url", "http://192.0.2.1:8420", "--data-dir", self.directory.name)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--allow-remote", done.stderr)

    def test_an_interrupt_ends_early_with_results(self):
        command = [LOAD, "token", "--url", self.url, "--data-dir", self.directory.name, "--connections", "1",
                   "--duration", "60", "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 0)
        self.assertGreater(json.loads(out)["requests_per_s"], 0)


if __name__ == "__main__":
    unittest.main()
