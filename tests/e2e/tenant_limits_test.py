"""What one tenant may, as its administrator sets it and its clients feel it: bounds that are exact, that hold for what
comes after them, and that are another's business in no way."""

import json
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from faked_clock import FakedClock, can_be_faked  # noqa: E402
from signet_daemon import Daemon, free_port, until  # noqa: E402

NONE = {"clients_max": 0, "ttl_max_s": 0, "key_rotation_s": 0, "automatic_rotation": True, "rate_per_s": 0, "burst": 0}


class LimitsCase(unittest.TestCase):
    """Two workers, no limits of the installation's own; each test has a tenant of its own."""
    WORKERS, TOP, CLOCK = 1, "", None
    made = 0

    @classmethod
    def setUpClass(cls):
        cls.dir = Path(tempfile.mkdtemp(prefix="signet-limits-"))
        cls.clock = FakedClock(cls.dir) if cls.CLOCK else None
        cls.port = free_port()
        (cls.dir / "signet.toml").write_text(
            f'data_dir = "{cls.dir}/data"\nissuer = "http://127.0.0.1:{cls.port}"\nworkers = {cls.WORKERS}\n'
            f'listen = ["127.0.0.1:{cls.port}"]\nconsole_listen = ["127.0.0.1:{cls.port + 1}"]\n{cls.TOP}')
        cls.start()

    @classmethod
    def start(cls):
        cls.daemon = Daemon.start(data_dir=cls.dir / "data", port=cls.port, dev=False,
                                  arguments=["--config", cls.dir / "signet.toml"],
                                  environment=cls.clock.environment() if cls.clock else None)

    @classmethod
    def tearDownClass(cls):
        code = cls.daemon.stop()
        shutil.rmtree(cls.dir, ignore_errors=True)
        assert code == 0, code

    def restart(self):
        self.assertEqual(0, self.daemon.stop())
        self.start()

    def setUp(self):
        LimitsCase.made += 1
        self.tenant = f"t{LimitsCase.made}"

    def add(self, *options):
        return self.daemon.ctl("tenant", "add", self.tenant, *options)

    def update(self, *options):
        return self.daemon.ctl("tenant", "update", self.tenant, *options)

    def ctl(self, *arguments, **more):
        return self.daemon.ctl(*arguments, "--tenant", self.tenant, **more)

    def refusal(self, *arguments, code=1, of_tenant=True, **more):
        of = ["--tenant", self.tenant] if of_tenant else []
        got, out, err = self.daemon.ctl(*arguments, *of, check=False, **more)
        self.assertEqual(code, got, (arguments, out, err))
        return err

    def lives_s(self, client):
        status, answer = self.daemon.token(client["client_id"], client["client_secret"], self.tenant)
        self.assertEqual(200, status, answer)
        return answer["expires_in"]


class Administration(LimitsCase):
    def test_a_tenant_has_no_limits_until_it_is_given_some(self):
        added = self.add()
        self.assertEqual(NONE, {name: added[name] for name in NONE})
        self.assertEqual(added, self.daemon.ctl("tenant", "show", self.tenant))
        self.assertIn(added, self.daemon.ctl("tenant", "list")["tenants"])

    def test_what_was_set_is_shown_kept_over_a_restart_and_changed_one_by_one(self):
        wanted = {"clients_max": 7, "ttl_max_s": 600, "key_rotation_s": 7200, "automatic_rotation": False,
                  "rate_per_s": 50, "burst": 5}
        added = self.add("--clients-max", 7, "--ttl-max", 600, "--key-rotation", 7200, "--no-automatic-rotation",
                         "--rate", 50, "--burst", 5)
        self.assertEqual(wanted, {name: added[name] for name in NONE})
        self.restart()
        self.assertEqual(added, self.daemon.ctl("tenant", "show", self.tenant))
        for options, name, value in ((("--clients-max", 9), "clients_max", 9), (("--ttl-max", 0), "ttl_max_s", 0),
                                     (("--key-rotation", 0), "key_rotation_s", 0),
                                     (("--automatic-rotation",), "automatic_rotation", True),
                                     (("--burst", 0), "burst", 0), (("--rate", 0), "rate_per_s", 0)):
            wanted[name] = value
            updated = self.update(*options)
            self.assertEqual(wanted, {one: updated[one] for one in NONE}, options)
            self.assertEqual(updated, self.daemon.ctl("tenant", "show", self.tenant), "published before the answer")
        self.daemon.kill()
        self.start()
        self.assertEqual(wanted, {one: self.daemon.ctl("tenant", "show", self.tenant)[one] for one in NONE})

    def test_a_change_is_on_record_with_before_and_after(self):
        self.add("--clients-max", 3)
        self.update("--clients-max", 2, "--rate", 10)
        code, out, err = self.ctl("audit", "tail", "--what", "tenant.", check=False)
        records = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(["tenant.add", "tenant.update"], [record["what"] for record in records])
        self.assertEqual((3, 0), (records[1]["before"]["clients_max"], records[1]["before"]["rate_per_s"]))
        self.assertEqual((2, 10), (records[1]["after"]["clients_max"], records[1]["after"]["rate_per_s"]))
        self.assertEqual(self.tenant, records[1]["subject"])

    def test_what_makes_no_sense_changes_nothing(self):
        self.add("--clients-max", 3)
        for options, hint in ((("--key-rotation", 3599), "key_rotation_s"), (("--burst", 5), "rate_per_s")):
            self.assertIn(hint, self.refusal("tenant", "update", self.tenant, *options, of_tenant=False))
            other = self.tenant + "-other"
            self.assertIn(hint, self.refusal("tenant", "add", other, *options, of_tenant=False))
            self.assertIn("there is no tenant", self.refusal("tenant", "show", other, of_tenant=False))
        for options in (("--ttl-max", 86_401), ("--rate", 1_000_001), ("--clients-max", -1), ("--clients-max", "many"),
                        ("--clients-max", 2**32), ()):
            self.refusal("tenant", "update", self.tenant, *options, of_tenant=False, code=2)
        for name in ("nobody", "Default", "a/b", "..", ""):
            self.refusal("tenant", "update", name, "--rate", 1, of_tenant=False)
        self.assertEqual(3, self.daemon.ctl("tenant", "show", self.tenant)["clients_max"])
        self.assertEqual({**NONE, "clients_max": 3}, {one: self.daemon.ctl("tenant", "show", self.tenant)[one]
                                                      for one in NONE})

    def test_the_default_tenant_has_limits_like_any_other(self):
        self.daemon.ctl("tenant", "update", "default", "--ttl-max", 300)
        made = self.daemon.ctl("client", "add", "of-default")
        self.assertEqual(300, self.daemon.token("of-default", made["client_secret"])[1]["expires_in"])
        self.daemon.ctl("tenant", "update", "default", "--ttl-max", 0)
        self.assertEqual(900, self.daemon.token("of-default", made["client_secret"])[1]["expires_in"])


class Clients(LimitsCase):
    def test_it_may_have_so_many_clients_and_not_one_more(self):
        self.add("--clients-max", 2)
        self.ctl("client", "add", "a")
        self.ctl("client", "add", "b")
        err = self.refusal("client", "add", "c")
        self.assertIn("--clients-max", err)
        self.assertIn("exists already", self.refusal("client", "add", "b"), "the nearer reason first")
        self.daemon.ctl("client", "add", "c-" + self.tenant)  # another tenant's business
        self.ctl("client", "remove", "a")
        self.ctl("client", "add", "c")
        self.refusal("client", "add", "d")
        self.restart()
        self.refusal("client", "add", "d")
        self.update("--clients-max", 3)
        self.ctl("client", "add", "d")
        self.refusal("client", "add", "e")

    def test_lowered_below_what_is_there_it_refuses_new_ones_alone(self):
        self.add()
        clients = [self.ctl("client", "add", name) for name in "abcd"]
        self.update("--clients-max", 2)
        for client in clients:
            self.assertEqual(900, self.lives_s(client))
            self.ctl("client", "update", client["client_id"], "--ttl", 60)
        self.refusal("client", "add", "e")
        for name in "ab":
            self.ctl("client", "remove", name)
            self.refusal("client", "add", "e")
        self.ctl("client", "remove", "c")
        self.ctl("client", "add", "e")

    def test_an_import_is_refused_whole_and_goes_on_when_there_is_room(self):
        self.add("--clients-max", 3)
        file = self.dir / f"{self.tenant}.jsonl"
        lines = [json.dumps({"client_id": name, "tenant": self.tenant}) + "\n" for name in "abcd"]
        file.write_text("".join(lines))
        self.assertIn("--clients-max", self.refusal("client", "import", file, of_tenant=False))
        self.assertEqual([], self.ctl("client", "list")["clients"], "a chunk is all or nothing")
        self.ctl("client", "add", "z")
        file.write_text("".join(lines[:2]))
        self.daemon.ctl("client", "import", file)
        self.refusal("client", "add", "y")
        self.daemon.ctl("client", "import", file, "--on-conflict", "update")
        self.assertEqual({"a", "b", "z"}, {client["client_id"] for client in self.ctl("client", "list")["clients"]})
        self.ctl("client", "remove", "z")
        self.ctl("client", "add", "y")
        self.refusal("client", "add", "x")


class Lifetimes(LimitsCase):
    def test_no_token_lives_longer_than_its_tenant_allows(self):
        self.add("--ttl-max", 120)
        default = self.ctl("client", "add", "default-ttl", "--audience", "urn:x")
        shorter = self.ctl("client", "add", "shorter", "--ttl", 60)
        self.assertEqual((120, 60), (self.lives_s(default), self.lives_s(shorter)))
        self.assertIn("at most 120", self.refusal("client", "add", "longer", "--ttl", 121))
        self.assertIn("at most 120", self.refusal("client", "update", "shorter", "--ttl", 121))
        self.assertIn("at most 120", self.refusal("token", "issue", "--client", "shorter", "--ttl", 121))
        self.assertEqual(120, self.ctl("token", "issue", "--client", "shorter", "--ttl", 120)["expires_in"])
        file = self.dir / "ttl.jsonl"
        file.write_text(json.dumps({"client_id": "imported", "tenant": self.tenant, "ttl": 121}) + "\n")
        self.assertIn("at most 120", self.refusal("client", "import", file, of_tenant=False))

    def test_lowered_it_shortens_what_comes_and_leaves_what_was_given(self):
        self.add()
        client = self.ctl("client", "add", "svc", "--ttl", 3000, "--audience", "urn:x")
        self.assertEqual(3000, self.lives_s(client))
        self.update("--ttl-max", 300)
        self.assertEqual(300, self.lives_s(client))
        self.assertEqual(3000, self.ctl("client", "show", "svc")["ttl"], "it is the tenant's limit, not the client's")
        self.ctl("client", "update", "svc", "--scope", "other")
        self.update("--ttl-max", 0)
        self.assertEqual(3000, self.lives_s(client))

    def bounds(self):
        code, out, err = self.ctl("audit", "tail", "--what", "key.", "--lines", "1000", check=False)
        return [(record["what"], record["after"]["lifetime"]) for record in map(json.loads, out.splitlines())]

    def test_a_key_knows_how_long_its_tokens_may_live_before_they_may(self):
        self.add("--ttl-max", 300)
        self.ctl("key", "add", "--alg", "EdDSA")
        self.assertEqual([("key.add", 300)], self.bounds())
        self.update("--ttl-max", 200)
        self.assertEqual([("key.add", 300)], self.bounds(), "what it may have signed does not become less")
        self.update("--ttl-max", 400)
        self.assertEqual(("key.raise-bounds", 400), self.bounds()[-1])
        self.update("--ttl-max", 0)
        self.assertEqual(("key.raise-bounds", 86_400), self.bounds()[-1])
        self.update("--ttl-max", 100)
        self.ctl("key", "add", "--alg", "ES256")
        self.assertEqual(("key.add", 100), self.bounds()[-1])
        before = self.bounds()
        self.restart()
        self.assertEqual(before, self.bounds(), "a start raises nothing above what the tenant allows")


class Rates(LimitsCase):
    def answers(self, client, count, tenant=None):
        return [self.daemon.token(client["client_id"], client["client_secret"], tenant or self.tenant)[0]
                for _ in range(count)]

    def limited(self):
        import urllib.request
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port + 1}/metrics", timeout=10) as answer:
            return int(re.search(r'signet_rate_limited_total\{limit="tenant"\} (\d+)',
                                 answer.read().decode()).group(1))

    def test_all_clients_of_a_tenant_share_its_rate_and_no_other_tenant_feels_it(self):
        self.add("--rate", 1, "--burst", 5)
        one, other = (self.ctl("client", "add", name) for name in ("one", "other"))
        stranger = self.daemon.ctl("client", "add", "stranger-" + self.tenant)
        before = self.limited()
        statuses = [status for _ in range(10) for client in (one, other) for status in self.answers(client, 1)]
        self.assertEqual({200, 429}, set(statuses))
        self.assertEqual([200] * 5, statuses[:5])
        self.assertLess(statuses.count(200), 12)
        self.assertEqual([200] * 20, [self.daemon.token(stranger["client_id"], stranger["client_secret"])[0]
                                      for _ in range(20)])
        self.assertEqual(statuses.count(429), self.limited() - before)

    def test_a_refusal_says_when_to_come_again(self):
        import http.client
        self.add("--rate", 1, "--burst", 1)
        client = self.ctl("client", "add", "svc")
        self.answers(client, 3)
        import base64
        basic = base64.b64encode(f"svc:{client['client_secret']}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        for _ in range(5):
            connection.request("POST", f"/t/{self.tenant}/oauth2/token", "grant_type=client_credentials",
                               {"Authorization": "Basic " + basic, "Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            body = json.loads(answer.read())
            if answer.status == 429:
                break
        connection.close()
        self.assertEqual((429, "temporarily_unavailable"), (answer.status, body["error"]))
        self.assertGreaterEqual(int(answer.getheader("Retry-After")), 1)
        self.assertEqual("no-store", answer.getheader("Cache-Control"))

    def test_whoever_fails_to_authenticate_takes_nothing_from_the_tenant(self):
        self.add("--rate", 1, "--burst", 5)
        client = self.ctl("client", "add", "svc")
        wrong = {**client, "client_secret": "w" * 43}
        self.assertEqual({401}, set(self.answers(wrong, 50)), "nobody locks a tenant out by failing in its name")
        self.assertEqual([200] * 5, self.answers(client, 5))

    def test_a_change_counts_at_once(self):
        self.add("--rate", 1, "--burst", 1)
        client = self.ctl("client", "add", "svc")
        self.assertIn(429, self.answers(client, 5))
        self.update("--rate", 0, "--burst", 0)
        self.assertEqual([200] * 20, self.answers(client, 20))
        self.update("--rate", 1, "--burst", 2)
        self.assertIn(429, self.answers(client, 10))


@unittest.skipUnless(can_be_faked(), "needs faketime, and no sanitizer")
class Rotation(LimitsCase):
    CLOCK, TOP = True, 'key_rotation_s = 0\ntoken_ttl_max_s = 900\nkey_rotation = ["*/ES256=86400"]\n'

    def keys(self, alg="EdDSA"):
        return [key for key in self.ctl("key", "list")["keys"] if key["alg"] == alg]

    def plan(self, alg="EdDSA"):
        return [step["what"] for step in self.ctl("key", "plan", "--days", "1")["plan"] if step["alg"] == alg]

    def test_a_period_of_its_own_counts_before_the_configured_ones(self):
        self.add()
        for alg in ("EdDSA", "ES256"):
            self.ctl("key", "add", "--alg", alg)
        self.assertEqual(([], ["publish"]), (self.plan(), self.plan("ES256")[:1]), "as configured")
        self.update("--key-rotation", 7200)
        for alg in ("EdDSA", "ES256"):
            self.assertEqual(["publish", "activate", "retire"], self.plan(alg)[:3], alg)
            self.assertGreater(len(self.plan(alg)), 20, "every two hours of a day")
        self.update("--no-automatic-rotation")
        self.assertEqual(([], []), (self.plan(), self.plan("ES256")))
        self.assertEqual(7200, self.daemon.ctl("tenant", "show", self.tenant)["key_rotation_s"], "kept for later")
        self.update("--automatic-rotation", "--key-rotation", 0)
        self.assertEqual(([], ["publish"]), (self.plan(), self.plan("ES256")[:1]))

    def test_the_keeper_follows_it(self):
        self.add("--key-rotation", 3600, "--ttl-max", 60)
        self.ctl("key", "add", "--alg", "EdDSA")
        still = self.tenant + "-still"
        self.daemon.ctl("tenant", "add", still, "--key-rotation", 3600, "--no-automatic-rotation")
        self.daemon.ctl("key", "add", "--alg", "EdDSA", "--tenant", still)

        def statuses():
            return [key["status"] for key in self.keys()]

        def pass_time(seconds):
            self.clock.advance(seconds)
            self.daemon.ctl("clock", "accept")
        pass_time(3000)
        self.assertTrue(until(lambda: statuses() == ["active", "pending"]), statuses())
        pass_time(1100)
        self.assertTrue(until(lambda: statuses() == ["retiring", "active"]), statuses())
        pass_time(60 + 60 + 5)  # the longest lifetime and the skew: its own, not the daemon's 900
        self.assertTrue(until(lambda: statuses() == ["retired", "active"]), statuses())
        self.assertEqual(1, len(self.daemon.ctl("key", "list", "--tenant", still)["keys"]))


if __name__ == "__main__":
    unittest.main()
