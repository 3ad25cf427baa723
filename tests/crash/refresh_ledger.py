"""The ledger of the crash tests of refresh and revocation: what the daemon acknowledged, what it left unanswered, and
every rule that an answer of it broke.

An operation is written down before it is sent, and again when it is answered. What is unanswered may have happened or
not; what is acknowledged has. A refresh token names its family and its place in it, so that two heads show whatever
request they came from.
"""

import base64
import json
from collections import Counter
from enum import Enum

# What may be broken.
LOST = "acknowledged, but lost"
TWO_HEADS = "families with two live heads"
REVOKED_ACTIVE = "revoked, but active"
REPLAYED = "rotated by a token two generations back"
UNSERVED = "unanswered, and not served on retry"
RULES = (LOST, TWO_HEADS, REVOKED_ACTIVE, REPLAYED, UNSERVED)


class State(Enum):
    LIVE = 1
    ENDING = 2   # its revocation is on its way, or was never answered
    ENDED = 3    # its revocation was acknowledged
    RETIRED = 4  # a token two generations back was presented: whether it lives is the clock's business


def position(token):
    """(family, sequence) of a refresh token: version 1 | key version 1 | family 16 | sequence 4 | ..."""
    octets = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return octets[2:18].hex(), int.from_bytes(octets[18:22], "big")


class Family:
    """One refresh family as its client knows it."""

    def __init__(self, client, first, access):
        self.client = client
        self.tokens = [first]  # the last one is current
        self.unanswered = False  # a request with the current one never got an answer that decides
        self.access = [access] if access else []  # not revoked by themselves
        self.state = State.LIVE
        self.rotations = 0  # since the daemon was started

    @property
    def current(self):
        return self.tokens[-1]

    def __repr__(self):
        family, sequence = position(self.current)
        return f"family {family} at {sequence}, {self.state.name}{', unanswered' if self.unanswered else ''}"


class Ledger:
    def __init__(self):
        self.families = []
        self.successors = {}     # position -> every token that was ever given for it
        self.revoked = []        # access tokens whose end was acknowledged
        self.undecided = {}      # access token -> its client: revocation unanswered
        self.acknowledged = Counter()
        self.refused = 0          # answers of 503
        self.retries = Counter()  # "unanswered", "served"
        self.broken = []         # (rule, what)

    def report(self, rule, what):
        self.broken.append((rule, str(what)))

    def saw(self, token):
        """A refresh token in an answer: there is one for each place of each family, for ever."""
        given = self.successors.setdefault(position(token), set())
        given.add(token)
        if len(given) > 1:
            self.report(TWO_HEADS, "family {0} at {1}: {2} tokens".format(*position(token), len(given)))

    def created(self, client, body):
        answer = json.loads(body)
        self.saw(answer["refresh_token"])
        family = Family(client, answer["refresh_token"], answer["access_token"])
        self.families.append(family)
        return family

    def sending(self, family):
        family.unanswered = True

    def rotated(self, family, body):
        """An answer to the current token; its successor becomes the current one. Whether it was not that already: a
        second answer to one token, at the same time, changes nothing."""
        answer = json.loads(body)
        self.saw(answer["refresh_token"])
        family.unanswered = False
        family.access = (family.access + [answer["access_token"]])[-4:]
        if answer["refresh_token"] == family.current:
            return False
        family.tokens = (family.tokens + [answer["refresh_token"]])[-8:]
        family.rotations += 1
        return True

    def repeated(self, body):
        """An answer to the token before the current one."""
        self.saw(json.loads(body)["refresh_token"])

    def revoking(self, token, client):
        self.undecided[token] = client

    def token_revoked(self, token):
        self.undecided.pop(token, None)
        self.revoked.append(token)

    def ending(self, family):
        family.state = State.ENDING

    def ended(self, family):
        """With its refresh tokens go the access tokens that name it."""
        family.state = State.ENDED
        family.unanswered = False
        for token in family.access:
            self.token_revoked(token)
        family.access = []

    def acknowledge(self, what):
        self.acknowledged[what] += 1

    def count(self, rule):
        return sum(1 for broken, _ in self.broken if broken == rule)

    def summary(self):
        done = ", ".join(f"{n} {what}" for what, n in sorted(self.acknowledged.items()))
        rules = ", ".join(f"{self.count(rule)} {rule}" for rule in RULES)
        return (f"{self.acknowledged.total()} operations acknowledged ({done}); {len(self.families)} families; "
                f"{self.retries['unanswered']} unanswered, {self.retries['served']} of them served on retry; "
                f"{self.refused} answers of 503; {rules}")
