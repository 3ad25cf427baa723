"""The signing core on two threads over one: each thread its own signer of one key, groups of 8, both cores.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/scaling.py [--rounds 5]
"""

import argparse
import json
import statistics
import subprocess
import sys

from servers import BUILD, note, save_figures

ALGORITHMS = ["EdDSA", "ES256", "HS256", "PS256_3072", "RS256_3072"]


def rates(seconds):
    """Signatures a second by algorithm and number of threads."""
    out = subprocess.run([BUILD / "bench/signing_bench", f"--benchmark_filter=^sign/({'|'.join(ALGORITHMS)})/8/",
                          "--benchmark_format=json", f"--benchmark_min_time={seconds}"],
                         capture_output=True, text=True, check=True).stdout
    found = {}
    for one in json.loads(out)["benchmarks"]:
        parts = one["name"].split("/")
        found[parts[1], int(parts[-1].split(":")[1])] = one["items_per_second"]
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each measurement")
    options = parser.parse_args()
    ratios = {alg: [] for alg in ALGORITHMS}
    for number in range(options.rounds + 1):
        note(f"scaling, round {number}/{options.rounds}{' (warm-up)' if number == 0 else ''}")
        found = rates(options.seconds)
        if number > 0:
            for alg in ALGORITHMS:
                ratios[alg].append(found[alg, 2] / found[alg, 1])
    print("| algorithm | two threads over one (median; min, max) |\n|---|---|")
    for alg, all_ratios in ratios.items():
        print(f"| {alg} | {statistics.median(all_ratios):.3f} ({min(all_ratios):.3f}, {max(all_ratios):.3f}) |")
    save_figures("scaling", {alg: statistics.median(r) for alg, r in ratios.items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
