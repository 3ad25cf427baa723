"""An administrator who revokes through signetctl while the load runs: a family, a subject and a token that belong to
nobody else."""

import base64
import json
import threading

from exchanges import basic
from refresh_ledger import Family
from refresh_load import Client

BY_ADMINISTRATOR = "revocations by signetctl"


def family_name(token):
    """The claim `sid` of an access token."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["sid"]


class Administrator:
    """What it was not told because of the daemon's end is retried by the check, as its owner would."""

    def __init__(self, rig, cycle):
        self.ledger = rig.ledger
        self.ctl = rig.daemon.ctl
        self.demo = Client(basic("demo", rig.daemon.secret()))
        subject = f"subject-{cycle}"
        self.family = self.made()
        self.family_of_subject = self.made("--subject", subject)
        self.token = self.ctl("token", "issue", "--client", "demo")["access_token"]
        self.codes = []
        self.thread = threading.Thread(target=self.run, args=(
            (["--family", family_name(self.family.access[0])], ""), (["--subject", subject], ""),
            (["--token-stdin"], self.token)))

    def made(self, *arguments):
        issued = self.ctl("token", "issue", "--client", "demo", "--refresh", *arguments)
        self.ledger.saw(issued["refresh_token"])
        family = Family(self.demo, issued["refresh_token"], issued["access_token"])
        self.ledger.families.append(family)
        return family

    def start(self):
        self.thread.start()

    def run(self, *revocations):
        for arguments, stdin in revocations:
            self.codes.append(self.ctl("token", "revoke", *arguments, stdin=stdin, check=False)[0])

    def settle(self):
        """Once the daemon is gone: writes down what was acknowledged."""
        self.thread.join()
        for family, code in zip((self.family, self.family_of_subject), self.codes):
            self.ledger.ending(family)
            if code == 0:
                self.ledger.ended(family)
        self.ledger.revoking(self.token, self.demo)
        if self.codes[2] == 0:
            self.ledger.token_revoked(self.token)
        for code in self.codes:
            if code == 0:
                self.ledger.acknowledge(BY_ADMINISTRATOR)
