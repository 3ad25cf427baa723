"""Whether a daemon that was started again is what the ledger says: conversations that present what clients hold, retry
what was never answered, and report every rule that is broken. What they learn they write into the ledger."""

import http.client
import json

from refresh_ledger import LOST, REPLAYED, REVOKED_ACTIVE, UNSERVED, State

TOKENS_A_REQUEST = 400  # a body has at most 1 MiB


def served(ledger, what, answer):
    """Notes a retry of an unanswered request; whether it was served."""
    ledger.retries["unanswered"] += 1
    if answer is not None and answer[0] == 200:
        ledger.retries["served"] += 1
        return True
    ledger.report(UNSERVED, f"{what}: {answer}")
    return False


def check_live(ledger, family, at_once):
    """The current token gives its successor, and the same one when asked again."""
    retry, presented = family.unanswered, family.current
    request = family.client.refresh(presented)
    if at_once:
        answers = yield [request, request]
    else:
        (first,) = yield [request]
        (second,) = yield [request]
        answers = [first, second]
    if retry and not served(ledger, family, answers[0]):
        return
    for answer in answers:
        if answer is None or answer[0] != 200:
            ledger.report(UNSERVED if retry else LOST, f"{family}: {answer}")
            return
        ledger.rotated(family, answer[1])
    family.rotations = 0  # how long ago they were is not known to the load


def check_ended(ledger, family):
    for token in family.tokens[-2:]:
        (answer,) = yield [family.client.refresh(token)]
        if answer is None or answer[0] != 400 or json.loads(answer[1])["error"] != "invalid_grant":
            ledger.report(REVOKED_ACTIVE, f"{family}: {answer and answer[0]}")


def check_old(ledger, family):
    """A token two generations back ends the family or not, by the clock; it never rotates it."""
    family.state = State.RETIRED
    for token in family.tokens[:-2]:
        (answer,) = yield [family.client.refresh(token)]
        if answer is None or answer[0] != 400:
            ledger.report(REPLAYED, f"{family}: {answer and answer[0]}")
            if answer is not None and answer[0] == 200:
                ledger.repeated(answer[1])


def check_family(ledger, family, at_once=False):
    if family.state is State.ENDING:
        (answer,) = yield [family.client.revoke(family.current)]
        if served(ledger, family, answer):
            ledger.ended(family)
    if family.state is State.ENDED:
        yield from check_ended(ledger, family)
    elif family.state is State.LIVE:
        yield from check_live(ledger, family, at_once)


def retry_revocation(ledger, token, client):
    (answer,) = yield [client.revoke(token)]
    if served(ledger, "a revocation", answer):
        ledger.token_revoked(token)


def introspect(port, resource_server, tokens):
    """Whether each is active."""
    active = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        for at in range(0, len(tokens), TOKENS_A_REQUEST):
            connection.request("POST", "/oauth2/introspect/batch",
                               json.dumps({"tokens": tokens[at:at + TOKENS_A_REQUEST]}),
                               {"Authorization": resource_server, "Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, body
            active += [one["active"] for one in json.loads(body)]
    finally:
        connection.close()
    assert len(active) == len(tokens)
    return active


def check_access(ledger, port, resource_server, revoked, live):
    """What was revoked is inactive; what was not is active, or the daemon would be right whatever it forgot."""
    for active in introspect(port, resource_server, revoked):
        if active:
            ledger.report(REVOKED_ACTIVE, "an access token")
    for active in introspect(port, resource_server, live):
        if not active:
            ledger.report(LOST, "an access token that nobody revoked is inactive")
