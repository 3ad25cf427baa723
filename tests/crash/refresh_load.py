"""The load that the daemon is killed under: conversations that rotate families and revoke tokens and families, and
write down in the ledger what they send and what they are answered."""

from exchanges import post
from refresh_ledger import LOST, State

ACCESS, FAMILY, ROTATION = "access tokens revoked", "families revoked", "rotations"


class Client:
    """A client of the daemon, by its credentials: the requests that it makes."""

    def __init__(self, authorization):
        self.authorization = authorization

    def new_family(self):
        """The client is one that gets a refresh token with its credentials."""
        return post(self.authorization, "/oauth2/token", {"grant_type": "client_credentials"})

    def refresh(self, token):
        return post(self.authorization, "/oauth2/token", {"grant_type": "refresh_token", "refresh_token": token})

    def revoke(self, token):
        return post(self.authorization, "/oauth2/revoke", {"token": token})


class Stopped(Exception):
    """The daemon went away, or said that it would."""


def tells(ledger, answer):
    """Whether an answer says what happened: 503 does not."""
    if answer is not None and answer[0] == 503:
        ledger.refused += 1
    return answer is not None and answer[0] != 503


def decided(ledger, answer):
    """The status of an answer that tells what happened."""
    if not tells(ledger, answer):
        raise Stopped
    return answer[0]


def create(ledger, client):
    (answer,) = yield [client.new_family()]
    if decided(ledger, answer) != 200:
        ledger.report(LOST, f"no new family: {answer}")
        raise Stopped
    return ledger.created(client, answer[1])


def rotate(ledger, family, at_once=1):
    """Presents the current token, several times at the same time if asked: all are answered with one successor, and one
    answer decides."""
    ledger.sending(family)
    answers = yield [family.client.refresh(family.current)] * at_once
    known = [answer for answer in answers if tells(ledger, answer)]
    for answer in known:
        if answer[0] != 200:
            ledger.report(LOST, f"{family} was refused: {answer}")
        elif ledger.rotated(family, answer[1]):
            ledger.acknowledge(ROTATION)
    if len(known) < at_once:
        raise Stopped


def repeat(ledger, family):
    """As a client that lost its answer."""
    (answer,) = yield [family.client.refresh(family.tokens[-2])]
    if decided(ledger, answer) == 200:
        ledger.repeated(answer[1])
    else:
        ledger.report(LOST, f"{family}: the token before was refused: {answer}")


def revoke_access(ledger, family):
    token = family.access.pop(0)
    ledger.revoking(token, family.client)
    (answer,) = yield [family.client.revoke(token)]
    if decided(ledger, answer) == 200:
        ledger.token_revoked(token)
        ledger.acknowledge(ACCESS)
    else:
        ledger.report(LOST, f"an access token was not revoked: {answer}")


def revoke_family(ledger, family):
    ledger.ending(family)
    (answer,) = yield [family.client.revoke(family.current)]
    if decided(ledger, answer) == 200:
        ledger.ended(family)
        ledger.acknowledge(FAMILY)
    else:
        ledger.report(LOST, f"{family} was not revoked: {answer}")


def holder(ledger, client, family, random):
    """A client that works with one family, and with another when that has ended, until the daemon goes away."""
    try:
        while True:
            if family is None or family.state is not State.LIVE:
                family = yield from create(ledger, client)
            dice = random.random()
            if dice < 0.05 and family.rotations > 0:
                yield from repeat(ledger, family)
            elif dice < 0.25 and family.access:
                yield from revoke_access(ledger, family)
            elif dice < 0.29:
                yield from revoke_family(ledger, family)
            else:
                yield from rotate(ledger, family, 2 if dice > 0.92 else 1)
    except Stopped:
        pass
