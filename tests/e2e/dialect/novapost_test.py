"""Nova Post, as its clients meet it. Names of the tests carry the section of the contract and the row of its table."""

import calendar
import json
import re
import sys
import tempfile
import time
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from exchange import ask, segments  # noqa: E402
from signet_daemon import Daemon, free_port  # noqa: E402

PATH = "/v.1.0/clients/authorization"


class NovaPost(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.key = json.loads((cls.daemon.data_dir / "demo.json").read_text())["novapost"]["apiKey"]

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def ask(self, target, method="GET", **headers):
        return ask(self.daemon.port, method, target, None, {k.replace("_", "-"): v for k, v in headers.items()})

    def jwt(self, key=None):
        answer = self.ask(f"{PATH}?apiKey={key or self.key}")
        self.assertEqual(200, answer.status, answer.body)
        return answer.json()["jwt"]

    def verified(self, token):
        """As the raw token, which is how it is used."""
        return self.ask("/verify?dialect=novapost", Authorization=token).status

    def refused(self, answer, status, errors, error):
        self.assertEqual((status, {"errors": errors, "error": error}), (answer.status, answer.json()))
        self.assertEqual("no-store", answer.fields["cache-control"])
        self.assertNotIn("location", answer.fields)

    def test_3_1_the_token_is_read_as_strictly_as_its_clients_do(self):
        answer = self.ask(f"{PATH}?apiKey={self.key}", Accept="application/json")
        self.assertEqual("application/json", answer.fields["content-type"])
        self.assertEqual("no-store", answer.fields["cache-control"])
        self.assertEqual(["jwt"], list(answer.json()))
        header, claims = segments(answer.json()["jwt"])
        self.assertEqual('{"typ":"JWT","alg":"HS256"}', header)
        self.assertRegex(claims, r'^\{"iss":"np","iat":\d+,"exp":\d+,"cid":"[0-9a-f-]{36}","ref":"[0-9a-f]{24}"\}$')
        read = json.loads(claims)
        self.assertEqual(3600, read["exp"] - read["iat"])
        self.assertLess(abs(time.time() - read["iat"]), 60)
        self.assertEqual(read["cid"], str(uuid.UUID(read["cid"])))

    def test_3_1_both_prefixes_and_a_slash_more(self):
        for path in (PATH, PATH + "/", "/clients/authorization", "/clients/authorization/"):
            self.assertEqual(200, self.ask(f"{path}?apiKey={self.key}").status, path)
        self.assertEqual(200, self.ask(f"{PATH}?other=1&apiKey={self.key}&x=%20").status)
        self.assertEqual(404, self.ask(f"{PATH}/x?apiKey={self.key}").status)

    def test_3_1_authorization_is_ignored_on_this_call(self):
        for value in (self.key, "Bearer x", "Basic !!!", "anything"):
            self.assertEqual(200, self.ask(f"{PATH}?apiKey={self.key}", Authorization=value, System="magento").status)
        self.assertEqual(422, self.ask(PATH, Authorization=self.key).status)

    def test_3_1_a_head_is_a_get_without_its_body(self):
        answer = self.ask(f"{PATH}?apiKey={self.key}", "HEAD")
        self.assertEqual((200, b""), (answer.status, answer.body))

    def test_3_2_row_1_unknown_disabled_and_expired_keys_read_alike(self):
        daemon = self.daemon
        daemon.ctl("client", "add", "np-off")
        off = daemon.ctl("api-key", "add", "np-off")["key"]
        removed = daemon.ctl("api-key", "add", "np-off", "--name", "second")
        ends = int(time.time()) + 6  # as long as the slowest machine takes to use it once
        ended = daemon.ctl("api-key", "add", "np-off", "--name", "third", "--expires",
                           time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ends)))["key"]
        for key in (off, removed["key"], ended):
            self.assertEqual(200, self.ask(f"{PATH}?apiKey={key}").status)
        daemon.ctl("api-key", "remove", removed["id"])
        time.sleep(max(0, ends + 0.5 - time.time()))
        for key in (ended, removed["key"], "x" * 32, "x" * 15, "x" * 129, self.key[:-1], self.key + "x",
                    self.key.swapcase(), "0" * 40):
            self.refused(self.ask(f"{PATH}?apiKey={key}"), 401, {"errorMessage": "Unauthorized"}, "invalid_client")
        daemon.ctl("client", "disable", "np-off")
        self.refused(self.ask(f"{PATH}?apiKey={off}"), 401, {"errorMessage": "Unauthorized"}, "invalid_client")
        daemon.ctl("client", "enable", "np-off")
        self.assertEqual(200, self.ask(f"{PATH}?apiKey={off}").status)

    def test_3_2_row_2_a_key_that_is_missing_empty_or_repeated(self):
        for query in ("", "?", "?apiKey", "?apiKey=", f"?apikey={self.key}", f"?apiKey={self.key}&apiKey={self.key}",
                      f"?apiKey={self.key}&apiKey=x", f"?apiKey=&apiKey={self.key}"):
            self.refused(self.ask(PATH + query), 422, {"apiKey": "apiKey is required"}, "invalid_request")
        for query in ("?apiKey=%zz", "?apiKey=%ff", "?apiKey=%00"):
            self.assertEqual(422, self.ask(PATH + query).status, query)

    def test_3_2_row_4_other_methods(self):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = self.ask(f"{PATH}?apiKey={self.key}", method)
            self.assertEqual(405, answer.status, method)
            self.assertEqual("GET, HEAD", answer.fields["allow"])
            self.assertIn("errorMessage", answer.json()["errors"])

    def test_3_2_row_5_the_token_is_used_raw(self):
        token = self.jwt()
        self.assertEqual(200, self.verified(token))
        head, body, signature = token.split(".")
        for value in ("Bearer " + token, self.key, "x", f"{head}.{body}.", f"{head}.{body}.{signature[:-1]}",
                      f"{head}.{body[:-1]}.{signature}", self.daemon.token(
                          "demo", (self.daemon.data_dir / "demo-secret").read_text().strip())[1]["access_token"]):
            answer = self.ask("/verify?dialect=novapost", Authorization=value)
            self.refused(answer, 401, {"errorMessage": "Invalid token"}, "invalid_token")
        self.refused(self.ask("/verify?dialect=novapost"), 401, {"errorMessage": "Invalid token"}, "invalid_token")

    def test_a_removed_key_ends_its_tokens(self):
        self.daemon.ctl("client", "add", "np-removed")
        made = self.daemon.ctl("api-key", "add", "np-removed", "--subject", "somebody")
        token = self.jwt(made["key"])
        answer = self.ask("/verify?dialect=novapost", Authorization=token)
        self.assertEqual(("np-removed", "somebody"),
                         (answer.fields["x-signet-client"], answer.fields["x-signet-subject"]))
        self.daemon.ctl("api-key", "remove", made["id"])
        self.assertEqual(401, self.verified(token))

    def test_a_key_of_the_old_system_is_taken_over(self):
        old = "0123456789abcdef0123456789abcdef01234567"
        self.daemon.ctl("client", "add", "np-moved")
        self.daemon.ctl("api-key", "add", "np-moved", "--key-stdin", stdin=old)
        token = self.jwt(old)
        self.assertEqual(token.count("."), 2)
        verified = self.ask("/verify?dialect=novapost", Authorization=token)
        self.assertEqual("np-moved", verified.fields["x-signet-client"])

    def sandbox(self, body, path="/v.1.0/test-api-keys", method="POST"):
        return ask(self.daemon.port, method, path, json.dumps(body), {"Content-Type": "application/json"})

    def test_3_3_the_sandbox_gives_the_same_key_on_the_same_day(self):
        first = self.sandbox({"phone": "48500100200"})
        self.assertEqual(200, first.status, first.body)
        self.assertEqual(["apiKey", "createdAt", "expDate", "status"], list(first.json()))
        self.assertEqual("Active", first.json()["status"])
        self.assertRegex(first.json()["apiKey"], "^[0-9a-f]{32}$")
        instants = [time.strptime(first.json()[name], "%Y-%m-%dT%H:%M:%SZ") for name in ("createdAt", "expDate")]
        self.assertEqual(365 * 86400, calendar.timegm(instants[1]) - calendar.timegm(instants[0]))
        self.assertEqual(first.json(), self.sandbox({"phone": "48500100200"}, "/test-api-keys").json())
        verified = self.ask("/verify?dialect=novapost", Authorization=self.jwt(first.json()["apiKey"]))
        self.assertEqual("48500100200", verified.fields["x-signet-client"])

    def test_3_3_the_sandbox_gives_a_removed_key_again_and_stops_at_a_small_number(self):
        self.daemon.ctl("client", "add", "48500100201")
        key = self.sandbox({"phone": "48500100201"}).json()["apiKey"]
        made = self.daemon.ctl("api-key", "list", "--client", "48500100201")["api_keys"]
        self.daemon.ctl("api-key", "remove", made[0]["id"])
        self.assertEqual(401, self.ask(f"{PATH}?apiKey={key}").status)
        self.assertEqual(key, self.sandbox({"phone": "48500100201"}).json()["apiKey"])
        self.assertEqual(200, self.ask(f"{PATH}?apiKey={key}").status)
        answers = [self.sandbox({"phone": "48500100201"}) for _ in range(20)]
        self.assertEqual({200, 429}, {answer.status for answer in answers})
        self.assertEqual({"success": False, "errors": ["Daily limit reached"], "error": "temporarily_unavailable"},
                         answers[-1].json())

    def test_3_3_what_the_sandbox_refuses_has_its_own_shape(self):
        for body, status, text in (({}, 400, "Missing required parameter: phone"),
                                   ([], 400, "Missing required parameter: phone"),
                                   ({"phone": "+48500100200"}, 400, "Invalid phone format"),
                                   ({"phone": "380501002000"}, 400, "Invalid phone format"),
                                   ({"phone": 48500100200}, 400, "Invalid phone format"),
                                   ({"phone": ""}, 400, "Invalid phone format"),
                                   ({"phone": "48500100200", "more": 1}, 400, "Unknown parameter beside phone"),
                                   ({"phone": "48999999999"}, 404, "Client not found"),
                                   ({"phone": "demo-novapost"}, 400, "Invalid phone format")):
            answer = self.sandbox(body)
            self.assertEqual((status, False, [text]),
                             (answer.status, answer.json()["success"], answer.json()["errors"]), body)
        self.assertEqual(405, self.sandbox({"phone": "48500100200"}, method="PUT").status)

    def test_3_3_without_the_switch_the_sandbox_is_not_there(self):
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            config = Path(folder) / "signet.toml"
            config.write_text(f'data_dir = "{folder}/data"\nissuer = "http://127.0.0.1:{port}"\nworkers = 1\n'
                              f'listen = ["127.0.0.1:{port}"]\ndialects = ["novapost"]\n')
            daemon = Daemon.start(data_dir=Path(folder) / "data", port=port, dev=False, arguments=["--config", config])
            try:
                self.assertEqual(404, ask(port, "POST", "/v.1.0/test-api-keys", '{"phone":"48500100200"}',
                                          {"Content-Type": "application/json"}).status)
                self.assertEqual(422, ask(port, "GET", PATH).status)
            finally:
                self.assertEqual(0, daemon.stop())

    def test_the_key_reaches_no_log(self):
        self.ask(f"{PATH}?apiKey={self.key}")
        self.ask(f"{PATH}?apiKey=marker-key-that-is-wrong")
        time.sleep(0.3)
        log = self.daemon.stderr
        self.assertNotIn(self.key, log)
        self.assertNotIn("marker-key-that-is-wrong", log)


if __name__ == "__main__":
    unittest.main()
