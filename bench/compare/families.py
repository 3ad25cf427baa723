"""Ten million refresh families: refresh beside an empty store in the same rounds, once of families drawn at random,
each of which has slept since it was made, and once of 128 that are in use; bytes of each on disk after compaction,
and start to ready beside the empty store's (a start must not scan them).

Rounds are too short for what random rotations cost later, when their rows are merged into the others. So the figure
that counts is of one long run behind them, in which that happens more than once.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/families.py [--count 10000000] [--rounds 5] [--seconds 4]
        [--sustained 75]
"""

import sys
import time
from pathlib import Path

import own_load
import rounds
from million import timed
from revocations import fill
from servers import Signet, cpu_seconds, note, save_figures, temporary_directory

CONNECTIONS = 128
CLIENT = "partner-000000000001"
EMPTY, DRAWN, IN_USE = ("refresh, empty store", "refresh, full store, families drawn at random",
                        "refresh, full store, families in use")
# Enough that hardly a family is asked for twice.
DRAWN_PER_SECOND = 20_000
SETTLE_MAX_S = 600


def add_walker(signet, directory, name):
    made = signet.ctl("client", "add", CLIENT, "--grant", "client_credentials", "--grant", "refresh_token",
                      "--audience", "https://api.example.com/orders", "--scope", "a.read a.write b.read")
    return own_load.secret_file(directory, name, made["client_secret"])


def disk_bytes(directory):
    return sum(file.stat().st_size for file in directory.rglob("*.sst"))


def refresh(signet, secret, seconds):
    return lambda: own_load.measure(signet, "refresh", seconds, "--client", CLIENT, "--secret-file", secret,
                                    connections=CONNECTIONS, data_dir=signet.data_dir)


class Drawn:
    """Each round has families of its own: their ids, and so their places among the rows, are random."""

    def __init__(self, signet, secret, tokens):
        self.signet, self.secret, self.file = signet, secret, tokens.with_suffix(".round")
        self.unused = tokens.read_text().splitlines()

    def measure(self, seconds):
        share = DRAWN_PER_SECOND * seconds
        self.file.write_text("\n".join(self.unused[:share]) + "\n")
        self.unused = self.unused[share:]
        return own_load.measure(self.signet, "refresh", seconds, "--client", CLIENT, "--secret-file", self.secret,
                                "--refresh-tokens-file", self.file, connections=CONNECTIONS,
                                data_dir=self.signet.data_dir)


def settle(signet):
    """Waits until the merges of what was filled in are over: three seconds of hardly any CPU time."""
    quiet, waited = 0, 0
    while quiet < 3 and waited < SETTLE_MAX_S:
        before = cpu_seconds(signet.pid)
        time.sleep(1)
        waited += 1
        quiet = quiet + 1 if cpu_seconds(signet.pid) - before < 0.05 else 0


def main():
    options = rounds.options(count=10_000_000, sustained=75).parse_args()
    servers = []
    with temporary_directory() as directory:
        directory = Path(directory)
        places = {name: directory / name for name in ("empty", "full")}
        for place in places.values():
            place.mkdir()
        try:
            full = Signet(places["full"], 18430)
            servers.append(full)
            full_secret = add_walker(full, directory, "full")
            full.stop()
            before = disk_bytes(full.data_dir)
            note(f"making {options.count:,} families")
            wanted = DRAWN_PER_SECOND * (options.seconds * (options.rounds + 1) + options.sustained)
            tokens = directory / "tokens"
            fill(full, "families", options.count, CLIENT, tokens, max(1, options.count // wanted))
            # Closing flushes; what has to be compacted is compacted by the next daemon, in the background.
            full, full_s = timed(lambda: Signet(places["full"], 18430))
            servers.append(full)
            empty = Signet(places["empty"], 18420)
            servers.append(empty)
            empty_secret = add_walker(empty, directory, "empty")
            empty.stop()
            empty, empty_s = timed(lambda: Signet(places["empty"], 18420))
            servers.append(empty)
            note("waiting for the merges of the fill")
            settle(full)
            each = (disk_bytes(full.data_dir) - before) / options.count
            drawn = Drawn(full, full_secret, tokens)
            results = rounds.run({EMPTY: refresh(empty, empty_secret, options.seconds),
                                  DRAWN: lambda: drawn.measure(options.seconds),
                                  IN_USE: refresh(full, full_secret, options.seconds)}, options.rounds)
            note(f"{options.sustained} s of families drawn at random")
            sustained = drawn.measure(options.sustained)
        finally:
            for server in servers:
                server.stop()
    rounds.print_table(results, {DRAWN: EMPTY, IN_USE: EMPTY})
    over_empty = sustained.rate / rounds.median(r.rate for r in results[EMPTY])
    print(f"\n{options.sustained} s of families drawn at random: {sustained.rate:,.0f}/s, {sustained.cpu_us:.2f} us of "
          f"server CPU, p50 {sustained.p50_ms:.2f} ms, p99 {sustained.p99_ms:.2f} ms, {sustained.errors} errors; "
          f"{over_empty:.3f} of the empty store's median")
    print(f"\n{options.count:,} families: {each:.0f} bytes of table files each; start to ready {full_s:.2f} s, "
          f"of the empty store {empty_s:.2f} s")
    save_figures("families", {"refresh, full over empty": over_empty, "disk bytes each": each,
                              "start s": full_s, "empty start s": empty_s})
    return 1 if rounds.errors(results) or sustained.errors else 0


if __name__ == "__main__":
    sys.exit(main())
