"""Introspection of EdDSA tokens that were never seen before, beside their issuance.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/never_seen.py [--rounds 5] [--seconds 4] [--tokens 300000]
"""

import sys
from pathlib import Path

import own_load
import rounds
from servers import Signet, save_figures, temporary_directory

ISSUANCE, CHECKS = "signet EdDSA client_credentials", "signet introspect, never seen"


def main():
    # More than four seconds can use up; each round has new ones.
    options = rounds.options(tokens=300_000).parse_args()
    with temporary_directory() as directory:
        signet = Signet(directory, 18420)
        try:
            made = signet.ctl("client", "add", "holder", "--audience", "urn:demo", "--scope", "a.read a.write b.read")
            secret = own_load.secret_file(Path(directory), "holder", made["client_secret"])
            common = ["--client", "holder", "--secret-file", secret]
            results = rounds.run({
                ISSUANCE: lambda: own_load.measure(signet, "token", options.seconds, *common, data_dir=signet.data_dir),
                CHECKS: lambda: own_load.measure(signet, "introspect", options.seconds, *common, "--distribution",
                                                 "never-seen", "--tokens", options.tokens, data_dir=signet.data_dir),
            }, options.rounds)
        finally:
            signet.stop()
    rounds.print_table(results, {CHECKS: ISSUANCE})
    save_figures("never_seen", {"never-seen over EdDSA issuance": rounds.ratio(results, CHECKS, ISSUANCE)})
    return 1 if rounds.errors(results) else 0


if __name__ == "__main__":
    sys.exit(main())
