"""Service accounts of vCloud Director under kill -9 and failing syncs: as refresh_crash_test.py, but that their tokens
are credentials by themselves, and that one which comes again late is refused while its account lives.

    SIGNET_CRASH_CYCLES=200 SIGNET_CRASH_SEED=1 python3 tests/crash/vcloud_crash_test.py
"""

import json
import random
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e" / "dialect"))
from exchanges import post  # noqa: E402
from refresh_check import check_live  # noqa: E402
from refresh_crash_test import CYCLES, ENOUGH, FAILING_SYNCS_MAX, LATE_S, RefreshCrash, SEED  # noqa: E402
from refresh_ledger import LOST, REPLAYED, State  # noqa: E402
from refresh_load import Stopped, repeat, rotate  # noqa: E402
from refresh_rig import HOLDERS, OLD_ONES, Rig  # noqa: E402
import vcloud  # noqa: E402

GRACE_S = 10  # of --dev


class Account:
    """A service account, which shows its token and nothing else."""

    def refresh(self, token):
        return post(None, "/oauth/provider/token", {"grant_type": "refresh_token", "refresh_token": token})


def holder(ledger, family, rng):
    """An account at work, until the daemon goes away."""
    try:
        while True:
            if rng.random() < 0.1 and family.rotations > 0:
                yield from repeat(ledger, family)
            else:
                yield from rotate(ledger, family, 2 if rng.random() < 0.1 else 1)
    except Stopped:
        pass


def check_replay(ledger, family):
    """Tokens two generations back and older are refused; the account goes on with the one that it holds."""
    for token in family.tokens[:-2]:
        (answer,) = yield [family.client.refresh(token)]
        if answer is None or answer[0] != 400:
            ledger.report(REPLAYED, f"{family}: {answer and answer[0]}")
    (answer,) = yield [family.client.refresh(family.current)]
    if answer is None or answer[0] != 200:
        ledger.report(LOST, f"{family} did not outlive a replay: {answer}")
    else:
        ledger.rotated(family, answer[1])


class VcloudRig(Rig):
    def add_clients(self, count=HOLDERS):
        demo = json.loads((self.data_dir / "demo.json").read_text())["vcd"]
        administrator = vcloud.Client(self.daemon.port, demo["tenant"], demo["username"], demo["password"])
        for number in range(count):
            client_id = administrator.new_account(f"account {number}")
            asked = administrator.authorize(client_id).json()
            assert administrator.grant(asked["user_code"]).status == 204
            answer = administrator.poll(client_id, asked["device_code"])
            assert answer.status == 200, answer.body
            self.ledger.created(Account(), answer.body)

    def load(self, enough, when_enough):
        return self.converse_until([holder(self.ledger, family, random.Random(self.random.random()))
                                    for family in self.ledger.families], enough, when_enough)

    def check(self, everything=False):
        families = self.ledger.families
        assert all(family.state is State.LIVE for family in families)
        self.converse([check_live(self.ledger, family, self.random.random() < 0.5) for family in families])
        old = [family for family in families if len(family.tokens) > 2]
        if everything:
            time.sleep(GRACE_S + 0.5)  # now each of them is late
        else:
            old = self.random.sample(old, min(OLD_ONES, len(old)))
        self.converse([check_replay(self.ledger, family) for family in old])


class VcloudCrash(RefreshCrash):
    rig_type = VcloudRig

    def make_clients(self):
        self.rig.add_clients()

    def test_killed_at_random_moments(self):
        for cycle in range(CYCLES):
            self.rig.start()
            self.check(cycle)
            daemon, late_s = self.rig.daemon, self.rig.random.uniform(0, LATE_S)

            def kill(daemon=daemon, late_s=late_s):
                time.sleep(late_s)
                daemon.process.kill()

            acknowledged = self.rig.load(ENOUGH, kill)
            self.assertGreaterEqual(acknowledged, ENOUGH, daemon.stderr)
            daemon.kill()
        self.finish(CYCLES)


if __name__ == "__main__":
    print(f"seed {SEED}, a sync of the first {FAILING_SYNCS_MAX} fails", file=sys.stderr)
    unittest.main(argv=[sys.argv[0], "VcloudCrash"])
