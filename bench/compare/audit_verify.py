"""signetctl audit verify over a log of ten million records, and what each record costs the daemon.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/audit_verify.py [--count 10000000] [--times 3]
"""

import argparse
import statistics
import sys

from million import timed
from revocations import fill
from servers import SIGNET_PORT, Signet, cpu_seconds, note, save_figures, temporary_directory


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    seconds, cpu = [], []
    with temporary_directory() as directory:
        signet = Signet(directory, SIGNET_PORT)
        try:
            signet.stop()
            note(f"filling {options.count:,} records")
            fill(signet, "audit", options.count)
            signet = Signet(directory, SIGNET_PORT, one_core=False)
            for _ in range(options.times):
                before = cpu_seconds(signet.pid)
                checked, took = timed(lambda: signet.ctl("audit", "verify"))
                if checked["fault"] is not None or checked["checked_to"] < options.count:
                    raise RuntimeError(f"the chain does not hold: {checked}")
                seconds.append(took)
                cpu.append((cpu_seconds(signet.pid) - before) / checked["checked_to"] * 1e6)
        finally:
            signet.stop()
    print("| what | figure |\n|---|---|")
    print(f"| {options.count:,} records checked | {statistics.median(seconds):.2f} s "
          f"({', '.join(f'{s:.2f}' for s in seconds)}) |")
    print(f"| CPU of the daemon for each | {statistics.median(cpu):.2f} us |")
    save_figures("audit_verify", {"verify s": statistics.median(seconds), "CPU us each": statistics.median(cpu)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
