"""POST /oauth2/token/batch: order, narrowing per entry, refusals, and that large batches do not hold up others."""

import base64
import http.client
import json
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import Daemon  # noqa: E402


class Batch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.basic = "Basic " + base64.b64encode(f"demo:{cls.daemon.secret()}".encode()).decode()

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def post(self, body, content_type="application/json", authorization=None, method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=30)
        headers = {"Content-Type": content_type, "Authorization": authorization or self.basic}
        connection.request(method, "/oauth2/token/batch", headers=headers,
                           body=body if isinstance(body, (str, bytes)) else json.dumps(body))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheader("content-type"), content

    def lines(self, body):
        status, kind, content = self.post(body)
        self.assertEqual((200, "application/x-ndjson"), (status, kind), content)
        return [json.loads(line) for line in content.decode().splitlines()]

    def test_answers_each_entry_in_order(self):
        lines = self.lines([{"id": "first"}, {"scope": "a.read"}, {"scope": "no"}, {"resource": ["urn:other"]},
                            {"id": 'quo"te', "scope": "b.read", "resource": ["urn:demo"]}])
        self.assertEqual([0, 1, 2, 3, 4], [line["index"] for line in lines])
        self.assertEqual("first", lines[0]["id"])
        self.assertNotIn("id", lines[1])
        self.assertEqual("a.read", lines[1]["scope"])
        self.assertEqual("invalid_scope", lines[2]["error"])
        self.assertEqual("invalid_target", lines[3]["error"])
        self.assertEqual(('quo"te', "b.read", "Bearer", 900),
                         tuple(lines[4][k] for k in ("id", "scope", "token_type", "expires_in")))
        self.assertEqual(3, len({line["access_token"] for line in lines if "access_token" in line}))
        for line in lines:
            self.assertNotEqual("error" in line, "access_token" in line)

    def test_a_thousand_entries_come_while_others_are_served(self):
        done = {}
        thread = threading.Thread(target=lambda: done.update(lines=self.lines([{"id": str(n)} for n in range(1000)])))
        thread.start()
        for _ in range(20):
            self.assertEqual(200, self.daemon.token("demo", self.daemon.secret())[0])
        thread.join(60)
        self.assertEqual([str(n) for n in range(1000)], [line["id"] for line in done["lines"]])
        self.assertEqual(1000, len({line["access_token"] for line in done["lines"]}))

    def test_refuses_malformed_bodies_whole(self):
        for body in ("", "{}", "[]", "[1]", '[{"scope":1}]', '[{"resource":"urn:demo"}]', '[{"resource":[1]}]',
                     '[{"scope":"a.read","scope":"a.read"}]', '[{"unknown":1}]', '[{"id":"' + "x" * 129 + '"}]',
                     "[{}", '[{"id":"\\ud800"}]', json.dumps([{}] * 1001), "[" * 100):
            status, _, content = self.post(body)
            self.assertEqual((400, "invalid_request"), (status, json.loads(content)["error"]), body[:60])

    def test_large_bodies_only_after_authentication(self):
        large = json.dumps([{"id": "x" * 120, "scope": "a.read " * 1} for _ in range(900)])
        self.assertGreater(len(large), 64 * 1024)
        self.assertEqual(200, self.post(large.replace("a.read ", "a.read"))[0])
        wrong = "Basic " + base64.b64encode(b"demo:" + b"x" * 43).decode()
        self.assertEqual(401, self.post(large, authorization=wrong)[0])
        self.assertEqual(413, self.post(b" " * (1024 * 1024 + 1))[0])

    def test_refuses_other_content_types_and_methods(self):
        self.assertEqual(400, self.post([{}], content_type="application/x-www-form-urlencoded")[0])
        self.assertEqual(405, self.post("", method="PUT")[0])


if __name__ == "__main__":
    unittest.main()
