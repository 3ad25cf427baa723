"""Ten million live revocations: start to ready, and resident bytes of each. Nothing else runs at a start, which reads
with two threads: it is judged as an operator starts it, on all cores, and given on one core beside that.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/revocations.py [--count 10000000] [--starts 3]
"""

import argparse
import statistics
import subprocess
import sys

from million import timed
from servers import BUILD, Signet, note, resident_mib, save_figures, temporary_directory


def fill(signet, what, count, *more):
    """The daemon is stopped meanwhile."""
    subprocess.run([str(BUILD / "bench/fill_store"), what, str(signet.data_dir), str(signet.data_dir / "vault.key"),
                    str(count), *map(str, more)], check=True, stdout=sys.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000_000)
    parser.add_argument("--starts", type=int, default=3)
    options = parser.parse_args()
    starts, on_one = [], []
    with temporary_directory() as directory:
        signet, empty_s = timed(lambda: Signet(directory, 18420))
        try:
            empty_mib = resident_mib(signet.pid)
            signet.stop()
            note(f"revoking {options.count:,}")
            fill(signet, "revocations", options.count)
            for _ in range(options.starts):
                for one_core, times in ((False, starts), (True, on_one)):
                    signet, start_s = timed(lambda one_core=one_core: Signet(directory, 18420, one_core))
                    times.append(start_s)
                    full_mib = resident_mib(signet.pid)
                    signet.stop()
        finally:
            signet.stop()
    each = (full_mib - empty_mib) * 1024 * 1024 / options.count
    print("| what | figure |\n|---|---|")
    print(f"| start to ready, empty | {empty_s:.2f} s |")
    for where, times in (("", starts), (", on one core", on_one)):
        print(f"| start to ready, {options.count:,} revocations{where} | {statistics.median(times):.2f} s "
              f"({', '.join(f'{s:.2f}' for s in times)}) |")
    print(f"| growth of RSS for each | {each:.1f} bytes |")
    save_figures("revocations", {"start s": statistics.median(starts), "resident bytes each": each})
    return 0


if __name__ == "__main__":
    sys.exit(main())
