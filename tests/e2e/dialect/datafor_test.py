"""Datafor's token endpoints, as administrators and their scripts meet them. Names of the tests carry the section of the
contract and the row of its table."""

import base64
import hashlib
import hmac
import json
import sys
import time
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from exchange import ask, basic, segments  # noqa: E402
from signet_daemon import Daemon  # noqa: E402

BASE = "/plugin/datafor-modeler/api/token"
FORM = "application/x-www-form-urlencoded"
SECRET = "a secret of thirty-two octets or more"


def signature(secret, signed):
    made = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


class Datafor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon.start()
        cls.account = json.loads((cls.daemon.data_dir / "demo.json").read_text())["datafor"]
        cls.admin = basic(cls.account["username"], cls.account["password"])
        cls.daemon.ctl("client", "add", "df-user", "--password-stdin", stdin="open sesame")
        cls.user = basic("df-user", "open sesame")

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0

    def call(self, path, body=None, who=None, method=None, prefix=BASE):
        headers = {"Authorization": who or self.admin} if who != "" else {}
        if isinstance(body, dict) and path in ("/generate", "/delete"):
            body, headers["Content-Type"] = urllib.parse.urlencode(body), FORM
        elif body is not None:
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        return ask(self.daemon.port, method or ("GET" if body is None else "POST"), prefix + path, body, headers)

    def good(self, answer):
        self.assertEqual((200, True), (answer.status, answer.json()["success"]), answer.body)
        return answer.json()

    def bad(self, answer, message):
        self.assertEqual((200, False), (answer.status, answer.json()["success"]), answer.body)
        self.assertEqual(message, answer.json()["msg"])

    def sample(self, **more):
        return {"name": self.account["name"], "privateKey": self.account["privateKey"], "username": "admin"} | more

    def configure(self, name, **more):
        self.good(self.call("/update", {"name": name, "secret": SECRET} | more))

    def test_4_1_the_call_in_both_generations_and_under_both_bases(self):
        for prefix in (BASE, "/datafor" + BASE):
            answer = self.good(self.call("/generate", self.sample(), prefix=prefix))
            self.assertEqual(["success", "expire", "token"], list(answer))
            self.assertEqual(86400, answer["expire"])
            header, claims = segments(answer["token"])
            self.assertEqual('{"typ":"JWT","alg":"HS256"}', header)
            self.assertRegex(claims, r'^\{"ERP":"admin","exp":\d+\}$')
            self.assertLess(abs(json.loads(claims)["exp"] - time.time() - 86400), 60)
            signed, made = answer["token"].rsplit(".", 1)
            self.assertEqual(signature("abcd", signed), made)
        self.configure("later", expire=60, fieldmap={"username": "loginname"})
        later = ask(self.daemon.port, "POST", BASE + "/generate", json.dumps(
            {"name": "later", "privateKey": SECRET, "payload": {"username": "u", "roles": ["a", "b"]}}),
            {"Authorization": self.admin, "Content-Type": "application/json"})
        self.assertRegex(segments(self.good(later)["token"])[1], r'^\{"loginname":"u","roles":\["a","b"\],"exp":\d+\}$')

    def test_4_4_configurations_are_made_listed_changed_and_deleted(self):
        self.configure("cycle", expire=120, initroles=["SYS_Reader"], inituser="1")
        content = self.good(self.call("/content?name=cycle"))["data"]
        self.assertEqual(("cycle", "token", "************", 120, "HS256", "1", "1", ["SYS_Reader"]),
                         tuple(content[k] for k in ("name", "token_name", "secret", "expire", "algorithm", "enable",
                                                    "inituser", "initroles")))
        self.assertEqual(self.account["username"], content["creatorId"])
        self.assertIn("cycle", [c["name"] for c in self.good(self.call("/list"))["data"]])
        self.good(self.call("/update", content | {"expire": 60}))  # masked: the secret is kept
        answer = self.good(self.call("/generate", self.sample(name="cycle", privateKey=SECRET)))
        self.assertEqual(60, answer["expire"])
        self.good(self.call("/delete", {"name": "cycle"}))
        self.bad(self.call("/delete", {"name": "cycle"}), "name does not exist")
        self.bad(self.call("/content?name=cycle"), "name does not exist")
        self.bad(self.call("/generate", self.sample(name="cycle")), "name does not exist")

    def test_4_4_a_batch_passes_over_unknown_names(self):
        for name in ("b1", "b2", "b3"):
            self.configure(name)
        self.good(self.call("/deleteBatch", ["b1", "none", "b2", "b1"]))
        names = [c["name"] for c in self.good(self.call("/list"))["data"]]
        self.assertEqual((False, False, True), tuple(n in names for n in ("b1", "b2", "b3")))
        self.good(self.call("/deleteBatch", []))
        self.bad(self.call("/deleteBatch", {"name": "b3"}), "an array of names is expected")
        self.bad(self.call("/deleteBatch", ["b3", 7]), "an array of names is expected")

    def test_4_4_a_configuration_survives_a_kill(self):
        daemon = Daemon.start()
        try:
            account = json.loads((daemon.data_dir / "demo.json").read_text())["datafor"]
            who = basic(account["username"], account["password"])
            made = ask(daemon.port, "POST", BASE + "/update", json.dumps({"name": "kept", "secret": SECRET}),
                       {"Authorization": who, "Content-Type": "application/json"})
            self.assertEqual(200, made.status, made.body)
            daemon.kill()
            again = Daemon.start(data_dir=daemon.data_dir)
            try:
                body = urllib.parse.urlencode({"name": "kept", "privateKey": SECRET, "username": "u"})
                answer = ask(again.port, "POST", BASE + "/generate", body,
                             {"Authorization": who, "Content-Type": FORM})
                self.assertTrue(answer.json()["success"], answer.body)
            finally:
                again.stop()
        finally:
            daemon.stop()

    def test_4_4_personal_tokens_are_for_who_may_have_them(self):
        self.bad(self.call("/personal", {}, who=self.user), "name does not exist")
        self.assertFalse(self.good(self.call("/personal/config", who=self.user))["enable"])
        self.configure("self", self_service="1", expire=30)
        self.assertEqual("self", self.good(self.call("/personal/config", who=self.user))["name"])
        answer = self.good(self.call("/personal", {}, who=self.user))
        self.assertEqual(["success", "token", "expire", "username", "name"], list(answer))
        self.assertEqual(("df-user", "self", 30), (answer["username"], answer["name"], answer["expire"]))
        self.assertEqual(["self", "exp"], list(json.loads(segments(answer["token"])[1])))
        self.good(self.call("/delete", {"name": "self"}))

    def test_4_5_row_1_a_wrong_basic_is_401(self):
        for who in (basic(self.account["username"], "wrong"), basic("nobody", "x"), "Basic !!!"):
            answer = self.call("/generate", self.sample(), who=who)
            self.assertEqual(401, answer.status)
            self.assertIn("Basic", answer.fields["www-authenticate"])

    def test_4_5_row_2_nobody_and_anybody_have_no_permission(self):
        for path, body in (("/generate", self.sample()), ("/list", None), ("/content?name=ERP", None),
                           ("/update", {"name": "x"}), ("/delete", {"name": "ERP"}), ("/deleteBatch", ["ERP"])):
            for who in ("", self.user):
                answer = self.call(path, body, who=who)
                self.assertEqual((200, {"success": False, "code": "403", "msg": "no permission"}),
                                 (answer.status, answer.json()), path)
        self.assertIn("ERP", [c["name"] for c in self.good(self.call("/list"))["data"]])

    def test_4_5_rows_3_to_5_what_is_missing_is_said(self):
        self.bad(self.call("/generate", {"name": "ERP", "username": "admin"}), "secret can not be empty")
        self.bad(self.call("/generate", {"name": "ERP", "privateKey": "abcd"}), "username can not be empty")
        self.bad(self.call("/generate", self.sample(name="none")), "name does not exist")
        self.bad(self.call("/generate", self.sample(privateKey="abcx")), "secret is not correct")

    def test_4_5_row_9_other_methods(self):
        self.assertEqual(405, self.call("/generate", method="GET").status)
        self.assertEqual(405, self.call("/list", {}, method="POST").status)

    def test_4_5_row_10_a_user_that_nobody_knows_is_signed_for(self):
        answer = self.good(self.call("/generate", self.sample(username="nobody-knows")))
        self.assertIn('"ERP":"nobody-knows"', segments(answer["token"])[1])

    def test_4_5_what_is_no_configuration_is_refused_and_changes_nothing(self):
        before = self.good(self.call("/list"))["data"]
        for body in ({}, {"name": ""}, {"name": "exp", "secret": SECRET}, {"name": "new"},
                     {"name": "a b", "secret": "x"},
                     {"name": "new", "secret": SECRET, "expire": 0}, [1], {"name": "n" * 65, "secret": SECRET}):
            answer = self.call("/update", body)
            self.assertEqual((200, False), (answer.status, answer.json()["success"]), body)
        self.assertEqual(before, self.good(self.call("/list"))["data"])

    def test_secrets_reach_no_log_and_no_audit(self):
        marker = "marker-secret-of-a-configuration-0001"
        self.good(self.call("/update", {"name": "marked", "secret": marker}))
        self.call("/generate", self.sample(name="marked", privateKey=marker))
        self.call("/generate", self.sample(name="marked", privateKey=marker + "x"))
        time.sleep(0.3)
        self.assertNotIn(marker, self.daemon.stderr)
        for file in self.daemon.data_dir.rglob("*"):
            if file.is_file():
                self.assertNotIn(marker.encode(), file.read_bytes(), file)


if __name__ == "__main__":
    unittest.main()
