"""A flood of RS256 (3072 bits) on 32 connections beside EdDSA on 4 others: what it does to EdDSA's p99.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/fairness.py [--rounds 5] [--seconds 5]
"""

import argparse
import os
import statistics
import subprocess
import sys
import threading
from pathlib import Path

import load
from servers import SIGNET_PORT, Signet, note, save_figures, temporary_directory, write_auth_file

AUDIENCE = "urn:demo"
SCOPES = ["a.read", "a.write", "b.read"]


def flood(signet, auth_file, seconds):
    """wrk in the background on the generator's core: RS256 is slow enough to leave it idle."""
    environment = {**os.environ, "LOAD_METHOD": "POST", "LOAD_BODY": load.FORM, "LOAD_AUTH_FILE": str(auth_file)}
    return subprocess.Popen(
        ["taskset", "-c", load.LOAD_CORE, "wrk", "-t1", "-c32", f"-d{seconds}s", "-s",
         str(Path(__file__).parent / "load.lua"), signet.url + "/oauth2/token"],
        env=environment, stdout=subprocess.PIPE, text=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    alone, beside, rsa = [], [], []
    with temporary_directory() as directory:
        signet = Signet(directory, SIGNET_PORT)
        try:
            auth = {alg: write_auth_file(directory, alg, signet.add_clients(f"{alg}-", 8, alg, AUDIENCE, SCOPES))
                    for alg in ("EdDSA", "RS256")}
            for number in range(options.rounds + 1):
                note(f"round {number}/{options.rounds}{' (warm-up)' if number == 0 else ''}")
                quiet = load.measure(signet, "/oauth2/token", options.seconds, 4, auth["EdDSA"], load.FORM)
                other = flood(signet, auth["RS256"], options.seconds + 2)
                threading.Event().wait(1)
                loud = load.measure(signet, "/oauth2/token", options.seconds, 4, auth["EdDSA"], load.FORM)
                out, _ = other.communicate()
                if number > 0:
                    alone.append(quiet)
                    beside.append(loud)
                    result = next(line for line in out.splitlines() if line.startswith("RESULT ")).split()
                    rsa.append(int(result[1]) / (int(result[2]) / 1e6))
        finally:
            signet.stop()
    median = statistics.median
    print("| EdDSA on 4 connections | req/s | p50 ms | p99 ms |\n|---|---|---|---|")
    for name, rounds in (("alone", alone), ("beside the flood", beside)):
        print(f"| {name} | {median(r.rate for r in rounds):,.0f} | {median(r.p50_ms for r in rounds):.3f} "
              f"| {median(r.p99_ms for r in rounds):.3f} |")
    print(f"\nRS256 flood: {median(rsa):,.0f} tokens/s on 32 connections")
    above = median(b.p99_ms - a.p99_ms for a, b in zip(alone, beside))
    print(f"p99 above: {above:.3f} ms (median of the rounds)")
    save_figures("fairness", {"EdDSA p99 ms above": above})
    return 0


if __name__ == "__main__":
    sys.exit(main())
