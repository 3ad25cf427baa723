"""The checks of refresh_crash_test.py must be able to fail: a daemon whose directory was rolled back, and claims that
are not true."""

import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from refresh_check import check_old  # noqa: E402
from refresh_ledger import LOST, REPLAYED, REVOKED_ACTIVE, TWO_HEADS, UNSERVED  # noqa: E402
from refresh_ledger import Family, Ledger, State, position  # noqa: E402
from refresh_load import create, revoke_access, revoke_family, rotate  # noqa: E402
from refresh_rig import Rig  # noqa: E402

# A token of the right shape.
TOKEN = "AQ" + "A" * 81


class Ledgers(unittest.TestCase):
    def test_a_place_has_one_token(self):
        ledger = Ledger()
        other_secret = TOKEN[:40] + "B" + TOKEN[41:]
        other_place = TOKEN[:28] + "B" + TOKEN[29:]
        self.assertEqual(position(TOKEN), position(other_secret))
        self.assertNotEqual(position(TOKEN), position(other_place))
        for token in (TOKEN, TOKEN, other_place):
            ledger.saw(token)
        self.assertEqual([], ledger.broken)
        ledger.saw(other_secret)
        self.assertEqual([TWO_HEADS], [rule for rule, _ in ledger.broken])


class Controls(unittest.TestCase):
    """One daemon, which is right; each case lies to the check, which must say so."""

    @classmethod
    def setUpClass(cls):
        cls.dir = Path(tempfile.mkdtemp(prefix="signet-control-"))
        cls.rig = Rig(cls.dir / "data", 1)
        cls.rig.start()
        cls.rig.add_clients(2)

    @classmethod
    def tearDownClass(cls):
        cls.rig.daemon.kill()
        shutil.rmtree(cls.dir, ignore_errors=True)

    def setUp(self):
        self.rig.ledger = Ledger()
        self.do(self.work())
        self.assertEqual([], self.rig.ledger.broken)

    def do(self, *conversations):
        self.rig.converse(conversations)

    def work(self):
        """A few families, of which the first is live and the second has ended."""
        ledger = self.rig.ledger
        for _ in range(3):
            family = yield from create(ledger, self.rig.clients[0])
            for _ in range(4):
                yield from rotate(ledger, family)
            yield from revoke_access(ledger, family)
        yield from revoke_family(ledger, ledger.families[1])

    def broken(self):
        self.rig.check(everything=True)
        return {rule for rule, _ in self.rig.ledger.broken}

    @property
    def live(self):
        return self.rig.ledger.families[0]

    def test_the_truth_is_quiet(self):
        self.assertEqual(set(), self.broken())
        self.assertEqual(set(), self.broken())
        self.assertEqual(0, self.rig.ledger.retries["unanswered"])

    def test_a_rotation_that_never_was_is_lost(self):
        self.live.tokens.append(TOKEN)
        self.assertEqual({LOST}, self.broken())

    def test_a_live_access_token_that_is_claimed_revoked_is_active(self):
        self.rig.ledger.token_revoked(self.live.access[-1])
        self.assertEqual({REVOKED_ACTIVE}, self.broken())

    def test_a_live_family_that_is_claimed_revoked_is_active(self):
        self.rig.ledger.ended(self.live)
        self.rig.ledger.revoked.clear()
        self.assertEqual({REVOKED_ACTIVE}, self.broken())

    def test_a_revoked_family_that_is_claimed_live_is_lost(self):
        self.rig.ledger.families[1].state = State.LIVE
        self.assertEqual({LOST}, self.broken())

    def test_a_revoked_access_token_that_is_claimed_live_is_lost(self):
        self.live.access = [self.rig.ledger.revoked[0]]
        self.rig.check_access()
        self.assertEqual({LOST}, {rule for rule, _ in self.rig.ledger.broken})

    def test_a_current_token_that_is_claimed_old_is_replayed(self):
        self.live.tokens = [self.live.current, TOKEN, TOKEN]
        self.do(check_old(self.rig.ledger, self.live))
        self.assertEqual({REPLAYED}, {rule for rule, _ in self.rig.ledger.broken})

    def test_a_retry_that_is_refused_is_unserved(self):
        self.rig.ledger.sending(self.live)
        self.live.tokens.append(TOKEN)
        self.assertEqual({UNSERVED}, self.broken())

    def test_a_successor_that_was_never_given_is_a_second_head(self):
        family, sequence = position(self.live.current)
        self.rig.ledger.successors[(family, sequence + 1)] = {TOKEN}
        self.assertEqual({TWO_HEADS}, self.broken())


class RolledBack(unittest.TestCase):
    def test_a_directory_of_yesterday_is_found(self):
        """Store and mark together, as no crash does it: the mark cannot tell, the ledger must."""
        directory = Path(tempfile.mkdtemp(prefix="signet-control-"))
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        rig = Rig(directory / "data", 2)
        rig.start()
        self.addCleanup(lambda: rig.daemon.kill())
        rig.add_clients(2)
        rig.converse([create(rig.ledger, client) for client in rig.clients * 8])
        self.assertEqual(0, rig.daemon.stop())
        shutil.copytree(directory / "data", directory / "yesterday", ignore=shutil.ignore_patterns("*.sock"))
        rig.start()
        yesterday = [family.current for family in rig.ledger.families]
        rig.load(200, rig.daemon.process.kill)
        rig.daemon.kill()
        self.assertEqual([], rig.ledger.broken)
        shutil.rmtree(directory / "data")
        (directory / "yesterday").rename(directory / "data")
        rig.start()
        # The holders of yesterday's tokens get successors, but others than those that they had.
        rig.converse([rotate(Heads(rig.ledger), Family(rig.clients[i % 2], token, None))
                      for i, token in enumerate(yesterday)])
        rig.check(everything=True)
        for rule in (LOST, TWO_HEADS, REVOKED_ACTIVE):
            self.assertGreater(rig.ledger.count(rule), 0, rule)


class Heads:
    """Of a ledger, what it says of successors."""

    def __init__(self, ledger):
        self.ledger = ledger

    def sending(self, family):
        pass

    def rotated(self, family, body):
        self.ledger.repeated(body)
        return True

    def acknowledge(self, what):
        pass

    def report(self, rule, what):
        pass


if __name__ == "__main__":
    unittest.main()
