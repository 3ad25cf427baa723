"""signet-load's closed loop beside wrk's, on the same server and in the same run: whether the generator is fast enough.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/generator.py [--rounds 5] [--seconds 4]
"""

import argparse
import statistics
import sys
from pathlib import Path

import load
from million import issue
from servers import SIGNET_PORT, Signet, note, save_figures, temporary_directory, write_auth_file

AUDIENCE = "urn:demo"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    options = parser.parse_args()
    ratios, ours, theirs = [], [], []
    with temporary_directory() as directory:
        signet = Signet(directory, SIGNET_PORT)
        try:
            signet.ctl("key", "add", "--alg", "HS256", "--audience", AUDIENCE)
            client = signet.add_clients("one-", 1, "HS256", AUDIENCE, ["a.read", "a.write", "b.read"])[0]
            auth = write_auth_file(directory, "one", [client])
            secret = Path(directory) / "one-secret"
            secret.write_text(client[1])
            secret.chmod(0o600)
            for number in range(options.rounds + 1):
                note(f"generator, round {number}/{options.rounds}{' (warm-up)' if number == 0 else ''}")
                wrk = load.measure(signet, "/oauth2/token", options.seconds, 64, auth, load.FORM).rate
                own = issue(signet, ["--client", client[0], "--secret-file", secret], options.seconds)[0]
                if number > 0:
                    ratios.append(own / wrk)
                    ours.append(own)
                    theirs.append(wrk)
        finally:
            signet.stop()
    print(f"signet-load {statistics.median(ours):,.0f}/s, wrk {statistics.median(theirs):,.0f}/s, "
          f"ratio {statistics.median(ratios):.3f} (median of the rounds; {min(ratios):.3f} to {max(ratios):.3f})")
    save_figures("generator", {"signet-load over wrk": statistics.median(ratios)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
