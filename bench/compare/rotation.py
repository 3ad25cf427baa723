"""Open-loop issuance at half of capacity: alone, while keys are rotated, while the vault gets a new root key, and while
whole backups of a store of 200,000 clients are made, over and over. Nobody may be refused, and p99 may rise by half or
by two milliseconds.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/rotation.py [--rounds 5] [--seconds 4] [--clients 200000]
"""

import json
import shutil
import statistics
import sys
import threading
from pathlib import Path

import own_load
import rounds
from servers import SIGNET_PORT, Signet, note, save_figures, temporary_directory

CLIENT = "partner-000000000001"
EVERY_S = 0.5  # signetctl itself takes a few milliseconds of some core each time
# What runs beside: (name, command of signetctl). The first changes nothing: what signetctl itself costs.
BESIDE = (("status", ("status",)), ("rotations", ("key", "rotate", "--alg", "EdDSA", "--before-verifiers-know")),
          ("rekeys", ("vault", "rekey")), ("backups", ("backup", "create", "BACKUPS")))


class Repeated:
    """A command again and again in the background, until the block ends."""

    def __init__(self, signet, command, backups):
        self.signet, self.command, self.backups, self.count = signet, command, backups, 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.over.wait(EVERY_S):
            # A directory for each backup, else the next one would copy what changed alone.
            place = str(self.backups / str(self.count))
            self.signet.ctl(*(place if word == "BACKUPS" else word for word in self.command))
            self.count += 1

    def __enter__(self):
        self.backups.mkdir()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        # Only now: what it takes of the processor is neither the daemon's nor the load's.
        shutil.rmtree(self.backups)


def add_clients(signet, directory, count):
    lines = Path(directory) / "clients.jsonl"
    with open(lines, "w") as file:
        for n in range(count):
            file.write(json.dumps({"client_id": f"c{n:06}", "scopes": ["a", "b"], "client_secret": f"{n:048}"}) + "\n")
    signet.ctl("client", "import", lines)


def main():
    options = rounds.options(clients=200_000).parse_args()
    with temporary_directory() as directory:
        signet = Signet(directory, SIGNET_PORT)
        try:
            made = signet.ctl("client", "add", CLIENT, "--audience", "https://api.example.com/orders", "--scope", "a b")
            secret = own_load.secret_file(Path(directory), "client", made["client_secret"])
            given = ("--client", CLIENT, "--secret-file", secret)
            add_clients(signet, directory, options.clients)
            capacity = own_load.measure(signet, "token", options.seconds, *given).rate
            rate = int(capacity / 2)
            alone, beside, counts = [], {name: [] for name, _ in BESIDE}, {name: 0 for name, _ in BESIDE}
            for number in range(options.rounds + 1):
                note(f"round {number}/{options.rounds}{' (warm-up)' if number == 0 else ''}")
                quiet = own_load.measure(signet, "token", options.seconds, *given, "--rate", rate)
                if number > 0:
                    alone.append(quiet)
                for name, command in BESIDE:
                    with Repeated(signet, command, Path(directory) / "backups") as repeated:
                        busy = own_load.measure(signet, "token", options.seconds, *given, "--rate", rate)
                    if number > 0:
                        beside[name].append(busy)
                        counts[name] += repeated.count
        finally:
            signet.stop()
    median = statistics.median
    print(f"Capacity {capacity:,.0f}/s; open loop at {rate:,}/s.\n")
    print("| beside | times | p50 ms | p99 ms | above status, ms | over it | refused |\n|---|---|---|---|---|---|---|")
    print(f"| nothing | | {median(r.p50_ms for r in alone):.3f} | {median(r.p99_ms for r in alone):.3f} | | "
          f"| {sum(r.errors for r in alone)} |")
    figures = {}
    for name, busy in beside.items():
        above = median(b.p99_ms - a.p99_ms for a, b in zip(beside["status"], busy))
        over = median(b.p99_ms / a.p99_ms for a, b in zip(beside["status"], busy))
        refused = sum(r.errors for r in busy)
        print(f"| {name} | {counts[name]} | {median(r.p50_ms for r in busy):.3f} "
              f"| {median(r.p99_ms for r in busy):.3f} | {above:.3f} | {over:.2f} | {refused} |")
        figures |= {f"{name} p99 ms above": above, f"{name} refused": refused}
    save_figures("rotation", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
