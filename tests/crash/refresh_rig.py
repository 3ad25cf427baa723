"""A daemon with clients, a ledger of what it said, and the check of one against the other after each start."""

import random
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchanges import Exchanges, basic  # noqa: E402
from refresh_check import check_access, check_family, check_old, retry_revocation  # noqa: E402
from refresh_ledger import Ledger, State  # noqa: E402
from refresh_load import Client, holder  # noqa: E402
from signet_daemon import Daemon, free_port  # noqa: E402

CLIENTS = 16
HOLDERS = 64
OLD_ONES = 8  # families a start that are given up for the check of old tokens
# What ended in earlier cycles: so many of them each start, all of them at the end.
EARLIER_FAMILIES = 40
EARLIER_TOKENS = 200


class Rig:
    def __init__(self, data_dir, seed, environment=None):
        self.data_dir = Path(data_dir)
        self.environment = environment
        self.random = random.Random(seed)
        self.ledger = Ledger()
        self.daemon = None
        self.clients = []

    def start(self, wait=True):
        port = free_port()
        arguments = ["--dev", "--data-dir", self.data_dir, "--port", port, "--workers", 2]
        self.daemon = Daemon.start(data_dir=self.data_dir, port=port, dev=False, arguments=arguments,
                                   environment=self.environment, wait=wait)
        self.resource_server = basic("demo-rs", self.daemon.secret("demo-rs"))

    def add_clients(self, count=CLIENTS):
        for number in range(count):
            # A lifetime that no run outlives: inactive is revoked, not expired.
            made = self.daemon.ctl("client", "add", f"holder-{number}", "--grant", "client_credentials", "--grant",
                                   "refresh_token", "--scope", "a.read", "--audience", "urn:demo", "--ttl", 86400,
                                   "--refresh-with-credentials")
            self.clients.append(Client(basic(made["client_id"], made["client_secret"])))

    def converse(self, conversations, tick=lambda: None):
        Exchanges(self.daemon.port, conversations, HOLDERS, tick)

    def converse_until(self, conversations, enough, when_enough):
        """`when_enough` is called once, in a thread of its own, as soon as that many operations more are acknowledged.
        Gives how many were in the end."""
        before = self.ledger.acknowledged.total()
        threads = []

        def tick():
            if not threads and self.ledger.acknowledged.total() - before >= enough:
                threads.append(threading.Thread(target=when_enough))
                threads[0].start()

        self.converse(conversations, tick)
        for thread in threads:
            thread.join()
        return self.ledger.acknowledged.total() - before

    def load(self, enough, when_enough):
        """Until the daemon goes away; as converse_until."""
        living = [family for family in self.ledger.families if family.state is State.LIVE]
        # Those that an administrator is at belong to nobody else.
        living = [family for family in living if family.client in self.clients][:HOLDERS]
        living += [None] * (HOLDERS - len(living))
        seeds = [self.random.random() for _ in living]
        return self.converse_until(
            [holder(self.ledger, family.client if family else self.random.choice(self.clients), family,
                    random.Random(seed)) for family, seed in zip(living, seeds)], enough, when_enough)

    def check(self, everything=False):
        """After a start."""
        ledger = self.ledger
        ended = [f for f in ledger.families if f.state is State.ENDED]
        others = [f for f in ledger.families if f.state in (State.LIVE, State.ENDING)]
        if not everything:
            recent = ended[-EARLIER_FAMILIES:]
            ended = recent + self.random.sample(ended, min(EARLIER_FAMILIES, len(ended)))
        self.converse([retry_revocation(ledger, token, client) for token, client in list(ledger.undecided.items())] +
                      [check_family(ledger, f, self.random.random() < 0.5) for f in others + ended])
        self.check_access(everything)
        # Last, since it may end a family, and with it what should have been ended before.
        old = [f for f in others if f.state is State.LIVE and len(f.tokens) > 2]
        self.converse([check_old(ledger, f) for f in self.random.sample(old, min(OLD_ONES, len(old)))])

    def check_access(self, everything=False):
        revoked = self.ledger.revoked
        if not everything:
            revoked = revoked[-3 * EARLIER_TOKENS:] + self.random.sample(revoked, min(EARLIER_TOKENS, len(revoked)))
        live = [f.access[-1] for f in self.ledger.families if f.state is State.LIVE and f.access]
        check_access(self.ledger, self.daemon.port, self.resource_server, revoked, live)
