"""Service accounts of vCloud Director: the way to a token (RFC 8628), and tokens that change with each use."""

import sys
import tempfile
import time
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from at_once import at_once  # noqa: E402
from faked_clock import FakedClock, can_be_faked  # noqa: E402
from signet_daemon import Daemon  # noqa: E402
from vcloud import Client  # noqa: E402
from vcloud_case import VcloudCase  # noqa: E402

GRACE_S = 10  # of --dev


class Accounts(VcloudCase):
    def status(self, client_id):
        answer = self.admin.account(client_id)
        self.assertEqual(200, answer.status, answer.body)
        return answer.json()["status"]

    def test_1_1_the_whole_cycle(self):
        client_id = self.admin.new_account("cycle")
        shown = self.admin.account(client_id).json()
        self.assertEqual(f"urn:vcloud:serviceAccount:{client_id}", shown["id"])
        self.assertEqual({"name": "System Administrator", "id": "urn:vcloud:role:System%20Administrator"},
                         shown["role"])
        self.assertEqual(("cycle", "CREATED", "System"), (shown["name"], shown["status"], shown["org"]["name"]))
        asked = self.admin.authorize(client_id)
        self.assertEqual(200, asked.status, asked.body)
        asked = asked.json()
        for member in ("device_code", "user_code", "verification_uri", "expires_in", "interval"):
            self.assertTrue(asked[member], member)
        self.assertEqual("REQUESTED", self.status(client_id))
        self.refused(self.admin.poll(client_id, asked["device_code"]), 400, "authorization_pending")
        granted = self.admin.grant(asked["user_code"].lower().replace("-", " "))
        self.assertEqual((204, b""), (granted.status, granted.body))
        self.assertEqual("GRANTED", self.status(client_id))
        body = self.session(self.admin.poll(client_id, asked["device_code"]))
        self.assertEqual("ACTIVE", self.status(client_id))
        self.refused(self.admin.poll(client_id, asked["device_code"]), 400, "invalid_grant")
        other = Client(self.port, "System")
        other.token = body["access_token"]
        session = other.cloudapi("GET", "sessions/current")
        self.assertEqual((200, client_id), (session.status, session.json()["user"]["name"]))
        self.refused(other.cloudapi("GET", "tokens"), 403, "access_denied")
        revoked = self.admin.cloudapi("POST", f"serviceAccounts/urn:vcloud:serviceAccount:{client_id}/revoke")
        self.assertEqual((204, b""), (revoked.status, revoked.body))
        self.assertEqual("CREATED", self.status(client_id))
        self.refused(self.admin.refresh(body["refresh_token"]), 400, "invalid_grant")
        self.refused(other.cloudapi("GET", "sessions/current"), 401, "invalid_token")
        again = self.admin.authorize(client_id).json()
        self.admin.grant(again["user_code"])
        self.session(self.admin.poll(client_id, again["device_code"]))
        self.assertEqual("ACTIVE", self.status(client_id))

    def test_1_5_a_token_is_used_once(self):
        _, token = self.admin.activate("once")
        seen = {token}
        for _ in range(3):
            body = self.session(self.admin.refresh(token))
            self.assertNotIn(body["refresh_token"], seen)
            token = body["refresh_token"]
            seen.add(token)

    def test_1_5_at_the_wrong_tenant_it_is_not_consumed(self):
        _, token = self.admin.activate("astray")
        for _ in range(5):
            self.refused(self.ann.refresh(token), 400, "invalid_grant")
        self.session(self.admin.refresh(token))

    def test_1_6_row_2_a_replayed_token_is_refused_and_the_account_lives(self):
        _, first = self.admin.activate("replay")
        second = self.session(self.admin.refresh(first))["refresh_token"]
        self.assertEqual(second, self.session(self.admin.refresh(first))["refresh_token"], "inside the window: again")
        third = self.session(self.admin.refresh(second))["refresh_token"]
        time.sleep(GRACE_S + 0.5)
        for old in (first, second):
            self.refused(self.admin.refresh(old), 400, "invalid_grant")
        fourth = self.session(self.admin.refresh(third))["refresh_token"]
        self.session(self.admin.refresh(fourth))

    def test_sixty_four_at_once_get_one_successor(self):
        _, token = self.admin.activate("race")
        answers = at_once(64, lambda: self.admin.refresh(token))
        self.assertEqual({200}, {answer.status for answer in answers})
        self.assertEqual(1, len({answer.json()["refresh_token"] for answer in answers}))
        self.assertEqual(64, len({answer.json()["access_token"] for answer in answers}))

    def test_a_code_is_used_up_once_however_many_poll(self):
        client_id = self.admin.new_account("many polls")
        asked = self.admin.authorize(client_id).json()
        self.admin.grant(asked["user_code"])
        answers = at_once(16, lambda: self.admin.poll(client_id, asked["device_code"]))
        won = [answer for answer in answers if answer.status == 200]
        self.assertEqual(1, len(won), [answer.status for answer in answers])
        self.session(self.admin.refresh(won[0].json()["refresh_token"]))
        live = [one for one in self.daemon.ctl("family", "list", "--client", client_id)["families"]
                if one["status"] == "live"]
        self.assertEqual(1, len(live))

    def test_1_6_row_8_who_polls_too_fast_and_who_is_denied(self):
        client_id = self.admin.new_account("row 8")
        asked = self.admin.authorize(client_id).json()
        self.refused(self.admin.poll(client_id, asked["device_code"]), 400, "authorization_pending")
        self.refused(self.admin.poll(client_id, asked["device_code"]), 400, "slow_down")
        self.admin.cloudapi("POST", f"serviceAccounts/urn:vcloud:serviceAccount:{client_id}/revoke")
        self.refused(self.admin.poll(client_id, asked["device_code"]), 400, "access_denied")
        self.refused(self.admin.grant(asked["user_code"]), 400, "invalid_request")
        self.refused(self.admin.poll(client_id, "no such code"), 400, "invalid_grant")

    def test_a_code_is_its_accounts_alone(self):
        one, other = self.admin.new_account("one"), self.admin.new_account("other")
        asked = self.admin.authorize(one).json()
        self.admin.grant(asked["user_code"])
        self.refused(self.admin.poll(other, asked["device_code"]), 400, "invalid_grant")
        self.refused(self.ann.poll(one, asked["device_code"]), 400, "invalid_grant")
        self.session(self.admin.poll(one, asked["device_code"]))

    def test_a_second_request_takes_the_place_of_the_first_until_one_is_granted(self):
        client_id = self.admin.new_account("again")
        first = self.admin.authorize(client_id).json()
        second = self.admin.authorize(client_id).json()
        self.refused(self.admin.grant(first["user_code"]), 400, "invalid_request")
        self.refused(self.admin.poll(client_id, first["device_code"]), 400, "invalid_grant")
        self.assertEqual(204, self.admin.grant(second["user_code"]).status)
        self.refused(self.admin.authorize(client_id), 400, "unauthorized_client")
        self.session(self.admin.poll(client_id, second["device_code"]))
        self.refused(self.admin.authorize(client_id), 400, "unauthorized_client")

    def test_only_administrators_of_the_organisation_have_them(self):
        client_id = self.admin.new_account("guarded")
        asked = self.admin.authorize(client_id).json()
        urn = f"serviceAccounts/urn:vcloud:serviceAccount:{client_id}"
        self.person("boss", "acme", "vcloud.admin")
        boss = Client(self.port, "acme", "boss", "pass word")
        for client in (self.ann, boss):
            for answer in (client.cloudapi("GET", urn), client.cloudapi("DELETE", urn),
                           client.cloudapi("PUT", urn, {"uri": "https://example.net"}),
                           client.cloudapi("POST", urn + "/revoke")):
                self.refused(answer, 403, "access_denied")
        self.refused(self.ann.grant(asked["user_code"]), 403, "access_denied")
        self.refused(boss.grant(asked["user_code"]), 400, "invalid_request")
        self.refused(boss.authorize(client_id), 400, "unauthorized_client")
        self.refused(self.ann.cloudapi("GET", "serviceAccounts"), 403, "access_denied")
        self.assertEqual(204, self.admin.grant(asked["user_code"]).status)

    def test_lists_updates_and_deletion(self):
        client_id, token = self.admin.activate("kept up")
        urn = f"serviceAccounts/urn:vcloud:serviceAccount:{client_id}"
        wanted = urllib.parse.quote("name==kept up")
        listed = self.admin.cloudapi("GET", f"serviceAccounts?pageSize=32&filter={wanted}").json()
        self.assertEqual([client_id], [one["id"].rsplit(":", 1)[1] for one in listed["values"]])
        shown = self.admin.account(client_id).json()
        changed = self.admin.cloudapi("PUT", urn, {**shown, "uri": "https://example.net/two", "softwareVersion": "2"})
        self.assertEqual((200, "https://example.net/two", "2"),
                         (changed.status, changed.json()["uri"], changed.json()["softwareVersion"]))
        for wrong in ({"name": "other"}, {"softwareId": "x"}, {"uri": 7},
                      {"role": {"name": "x", "id": "urn:vcloud:role:Other"}}):
            self.refused(self.admin.cloudapi("PUT", urn, {**shown, **wrong}), 400, "invalid_request")
        self.refused(self.admin.register({"client_name": "kept up", "scope": "x",
                                          "software_id": "12345678-1234-1234-1234-1234567890ab"}), 400,
                     "invalid_request")
        access = self.session(self.admin.refresh(token))
        gone = self.admin.cloudapi("DELETE", urn)
        self.assertEqual((204, b""), (gone.status, gone.body))
        self.refused(self.admin.account(client_id), 403, "access_denied")
        self.refused(self.admin.refresh(access["refresh_token"]), 400, "invalid_grant")
        other = Client(self.port, "System")
        other.token = access["access_token"]
        self.refused(other.cloudapi("GET", "sessions/current"), 401, "invalid_token")
        self.admin.new_account("kept up")

    def test_a_refresh_token_of_a_client_with_a_secret_is_nothing_here(self):
        made = self.daemon.ctl("client", "add", "confidential", "--grant", "client_credentials", "--grant",
                               "refresh_token", "--audience", "urn:demo")
        issued = self.daemon.ctl("token", "issue", "--client", "confidential", "--refresh")
        for _ in range(2):
            self.refused(self.admin.refresh(issued["refresh_token"]), 400, "invalid_grant")
        status, body = self.daemon.token("confidential", made["client_secret"], grant_type="refresh_token",
                                         refresh_token=issued["refresh_token"])
        self.assertEqual(200, status, body)
        _, account = self.admin.activate("elsewhere")
        status, body = self.daemon.token("confidential", made["client_secret"], grant_type="refresh_token",
                                         refresh_token=account)
        self.assertEqual((400, "invalid_grant"), (status, body["error"]))
        self.session(self.admin.refresh(account))


@unittest.skipUnless(can_be_faked(), "needs faketime, and no sanitizer")
class Late(unittest.TestCase):
    def test_1_6_row_8_a_code_that_is_too_old_is_said_to_be(self):
        import json
        with tempfile.TemporaryDirectory() as folder:
            clock = FakedClock(Path(folder))
            daemon = Daemon.start(data_dir=Path(folder) / "data", environment=clock.environment())
            try:
                demo = json.loads((daemon.data_dir / "demo.json").read_text())["vcd"]
                admin = Client(daemon.port, demo["tenant"], demo["username"], demo["password"])
                client_id = admin.new_account("late")
                asked = admin.authorize(client_id).json()
                clock.advance(asked["expires_in"] + 1)
                answer = admin.poll(client_id, asked["device_code"])
                self.assertEqual((400, "expired_token"), (answer.status, answer.json()["error"]))
                self.assertEqual(400, admin.grant(asked["user_code"]).status)
                # The account can ask again.
                self.assertEqual(200, admin.authorize(client_id).status)
            finally:
                self.assertEqual(0, daemon.stop())


if __name__ == "__main__":
    unittest.main()
