"""Batches of 1,000 introspections, by server CPU time per token: hot ones beside as many single introspections,
never-seen ones beside the bare signature in the same round.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/batch.py [--rounds 5] [--seconds 4] [--tokens 300000]
"""

import sys
from pathlib import Path

import own_load
import rounds
from compare import sign_rates
from servers import Signet, save_figures, temporary_directory

BATCH = 1000
SINGLE, HOT, NEVER_SEEN = "single, hot", "batch, hot", "batch, never seen"


def main():
    options = rounds.options(tokens=300_000).parse_args()
    signing_us = []
    with temporary_directory() as directory:
        signet = Signet(directory, 18420)
        try:
            made = signet.ctl("client", "add", "holder", "--audience", "urn:demo", "--scope", "a.read a.write b.read")
            secret = own_load.secret_file(Path(directory), "holder", made["client_secret"])
            common = ["--client", "holder", "--secret-file", secret]

            def measure(*more, connections=64):
                return own_load.measure(signet, "introspect", options.seconds, *common, *more,
                                        connections=connections, data_dir=signet.data_dir)

            def never_seen():
                signing_us.append(1e6 / sign_rates()["EdDSA"])
                return measure("--batch", BATCH, "--distribution", "never-seen", "--tokens", options.tokens,
                               connections=4)
            results = rounds.run({SINGLE: measure, HOT: lambda: measure("--batch", BATCH, connections=4),
                                  NEVER_SEEN: never_seen}, options.rounds)
        finally:
            signet.stop()
    signing_us = signing_us[1:]  # the warm-up's
    for name in (HOT, NEVER_SEEN):
        for one in results[name]:  # by token from here on
            one.rate, one.cpu_us = one.rate * BATCH, one.cpu_us / BATCH
    rounds.print_table(results, {HOT: SINGLE})
    print(f"\nRates and CPU time are per token. Bare signature: {rounds.median(signing_us):.2f} us")
    save_figures("batch", {
        "hot batch over single, CPU": rounds.ratio(results, HOT, SINGLE, of=lambda r: r.cpu_us),
        "never-seen batch over signing, CPU": rounds.median(
            r.cpu_us / sign for r, sign in zip(results[NEVER_SEEN], signing_us))})
    return 1 if rounds.errors(results) else 0


if __name__ == "__main__":
    sys.exit(main())
