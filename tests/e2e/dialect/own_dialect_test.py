"""A dialect of the operator's own, from its file alone, as the README of the format describes it."""

import json
import shutil
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from exchange import ask, segments  # noqa: E402
from signet_daemon import Daemon, until  # noqa: E402

EXAMPLE = Path(__file__).resolve().parents[3] / "protocol" / "dialect" / "example" / "legacy.toml"
LOGIN = "/legacy/v2/login"
JSON = {"Content-Type": "application/json"}


class OwnDialect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = Path(tempfile.mkdtemp(prefix="signet-test-"))
        (cls.directory / "dialects").mkdir()
        shutil.copy(EXAMPLE, cls.directory / "dialects" / "legacy.toml")
        cls.daemon = Daemon.start(data_dir=cls.directory)
        cls.daemon.ctl("client", "add", "old-app", "--password-stdin", stdin="open sesame")

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0
        shutil.rmtree(cls.directory)

    def login(self, user, password, **more):
        body = json.dumps({"auth": {"user": user, "pass": password}} | more)
        return ask(self.daemon.port, "POST", LOGIN, body, JSON)

    def test_a_nested_body_holds_the_token_under_both_names(self):
        answer = self.login("old-app", "open sesame")
        self.assertEqual(200, answer.status, answer.body)
        result = answer.json()["result"]
        self.assertEqual(["token", "access_token", "ttl"], list(result))
        self.assertEqual(result["token"], result["access_token"])
        self.assertEqual(900, result["ttl"])
        self.assertEqual("old-app", json.loads(segments(result["token"])[1])["sub"])
        bearer = {"Authorization": "Bearer " + result["token"]}
        verified = ask(self.daemon.port, "GET", "/verify?dialect=legacy", None, bearer)
        self.assertEqual((200, "old-app"), (verified.status, verified.fields["x-signet-client"]))
        for other in ("/verify?audience=urn:demo", "/verify?dialect=vietqr"):
            self.assertIn(ask(self.daemon.port, "GET", other, None, bearer).status, (401, 403))

    def test_a_token_is_revoked_with_its_client(self):
        self.daemon.ctl("client", "add", "old-app-2", "--password-stdin", stdin="open sesame")
        token = self.login("old-app-2", "open sesame").json()["result"]["token"]
        bearer = {"Authorization": "Bearer " + token}
        self.assertEqual(200, ask(self.daemon.port, "GET", "/verify?dialect=legacy", None, bearer).status)
        self.daemon.ctl("client", "disable", "old-app-2")
        self.assertEqual(401, ask(self.daemon.port, "GET", "/verify?dialect=legacy", None, bearer).status)
        self.assertEqual(401, self.login("old-app-2", "open sesame").status)

    def test_its_own_shape_of_errors(self):
        wrong = self.login("old-app", "wrong")
        self.assertEqual(401, wrong.status)
        self.assertEqual({"result": None, "error": "invalid_client", "message": "bad user or password"}, wrong.json())
        unknown = self.login("nobody", "wrong")
        self.assertEqual((wrong.status, wrong.body), (unknown.status, unknown.body))
        for body, headers, status in (("{", JSON, 400), ('{"auth":1}', JSON, 401), ("", JSON, 400),
                                      ('{"auth":{},"auth":{}}', JSON, 400),
                                      ("a=b", {"Content-Type": "text/plain"}, 415)):
            answer = ask(self.daemon.port, "POST", LOGIN, body, headers)
            self.assertEqual(status, answer.status, body)
            self.assertIn("error", answer.json())
        answer = ask(self.daemon.port, "GET", LOGIN)
        self.assertEqual((405, "POST"), (answer.status, answer.fields["allow"]))

    def test_a_hundred_more_from_the_first_start_on(self):
        with tempfile.TemporaryDirectory() as folder:
            dialects = Path(folder) / "dialects"
            dialects.mkdir()
            for n in range(100):
                text = EXAMPLE.read_text().replace("/legacy/", f"/legacy-{n}/").replace('"legacy"', f'"legacy-{n}"')
                (dialects / f"legacy-{n}.toml").write_text(text)
            daemon = Daemon.start(data_dir=Path(folder))
            try:
                daemon.ctl("client", "add", "old-app", "--password-stdin", stdin="open sesame")
                body = json.dumps({"auth": {"user": "old-app", "pass": "open sesame"}})
                for n in (0, 99):
                    answer = ask(daemon.port, "POST", f"/legacy-{n}/v2/login", body, JSON)
                    self.assertEqual(200, answer.status, answer.body)
            finally:
                self.assertEqual(0, daemon.stop())

    def test_is_listed_and_checked(self):
        names = {d["name"]: d for d in self.daemon.ctl("dialect", "list")["dialects"]}
        self.assertEqual(LOGIN, names["legacy"]["paths"][0])
        self.assertTrue(names["legacy"]["kid"])
        self.assertTrue(self.daemon.ctl("dialect", "check", EXAMPLE)["good"])
        with tempfile.TemporaryDirectory() as directory:
            broken = Path(directory) / "broken.toml"
            broken.write_text(EXAMPLE.read_text().replace('alg = "HS256"', 'alg = "HS257"') + "\nnonsense = 1\n")
            code, out, error = self.daemon.ctl("dialect", "check", broken, check=False)
            self.assertEqual(1, code, error)
            line = 1 + EXAMPLE.read_text()[:EXAMPLE.read_text().index("alg =")].count("\n")
            self.assertIn(line, [p["line"] for p in json.loads(out)["problems"]])

    def test_a_mistake_stops_the_start_and_names_file_and_line(self):
        directory = Path(tempfile.mkdtemp(prefix="signet-test-"))
        try:
            (directory / "dialects").mkdir()
            file = directory / "dialects" / "legacy.toml"
            file.write_text(EXAMPLE.read_text().replace("lifetime_s", "lifetime_z"))
            daemon = Daemon.start(data_dir=directory, wait=False)
            self.assertFalse(daemon.wait_ready())
            self.assertEqual(1, daemon.process.wait(20))
            self.assertIn("legacy.toml:", daemon.stderr)
            self.assertIn("lifetime_s", daemon.stderr)
            daemon.stop()
        finally:
            shutil.rmtree(directory)


class Reload(unittest.TestCase):
    def test_a_reload_takes_a_good_set_and_keeps_the_old_one_otherwise(self):
        directory = Path(tempfile.mkdtemp(prefix="signet-test-"))
        try:
            own = directory / "own"
            own.mkdir()
            daemon = Daemon.start(data_dir=directory / "data")
            daemon.ctl("client", "add", "old-app", "--password-stdin", stdin="open sesame")
            self.assertEqual(0, daemon.stop())
            config = directory / "signetd.toml"
            config.write_text(
                f'data_dir = "{directory}/data"\nkey_file = "{directory}/data/vault.key"\n'
                f'listen = ["127.0.0.1:{daemon.port}"]\nconsole_listen = ["127.0.0.1:{daemon.port + 1}"]\n'
                f'issuer = "http://127.0.0.1:{daemon.port}"\ndialect_dir = "{own}"\nworkers = 1\n')
            daemon = Daemon.start(data_dir=directory / "data", port=daemon.port, dev=False,
                                  arguments=["--config", config])
            body = json.dumps({"auth": {"user": "old-app", "pass": "open sesame"}})
            self.assertEqual(404, ask(daemon.port, "POST", LOGIN, body, JSON).status)
            shutil.copy(EXAMPLE, own / "legacy.toml")
            daemon.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(lambda: ask(daemon.port, "POST", LOGIN, body, JSON).status == 200))
            (own / "legacy.toml").write_text("nonsense = 1\n")
            daemon.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(lambda: "reload_failed" in daemon.stderr))
            self.assertEqual(200, ask(daemon.port, "POST", LOGIN, body, JSON).status)
            (own / "legacy.toml").unlink()
            daemon.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(lambda: ask(daemon.port, "POST", LOGIN, body, JSON).status == 404))
            self.assertEqual(0, daemon.stop())
        finally:
            shutil.rmtree(directory)


if __name__ == "__main__":
    unittest.main()
