"""Ten million refresh families: refresh beside an empty store in the same rounds, once of families drawn at random,
each of which has slept since it was made, and once of 128 that are in use; bytes of each on disk after compaction,
and start to ready beside the empty store's (a start must not scan them).

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/families.py [--count 10000000] [--rounds 5] [--seconds 4]
"""

import sys
from pathlib import Path

import own_load
import rounds
from million import timed
from revocations import fill
from servers import Signet, note, save_figures, temporary_directory

CONNECTIONS = 128
CLIENT = "partner-000000000001"
EMPTY, DRAWN, IN_USE = ("refresh, empty store", "refresh, full store, families drawn at random",
                        "refresh, full store, families in use")
# Enough that no round of this machine comes to the end of its share.
DRAWN_PER_SECOND = 50_000


def add_walker(signet, directory, name):
    made = signet.ctl("client", "add", CLIENT, "--grant", "client_credentials", "--grant", "refresh_token",
                      "--audience", "https://api.example.com/orders", "--scope", "a.read a.write b.read")
    return own_load.secret_file(directory, name, made["client_secret"])


def disk_bytes(directory):
    return sum(file.stat().st_size for file in directory.rglob("*.sst"))


def refresh(signet, secret, seconds):
    return lambda: own_load.measure(signet, "refresh", seconds, "--client", CLIENT, "--secret-file", secret,
                                    connections=CONNECTIONS, data_dir=signet.data_dir)


def drawn(signet, secret, tokens, options):
    """Each round has families of its own: their ids, and so their places among the rows, are random."""
    unused = tokens.read_text().splitlines()
    share = len(unused) // (options.rounds + 1)

    def measure():
        some, unused[:] = unused[:share], unused[share:]
        file = tokens.with_suffix(".round")
        file.write_text("\n".join(some) + "\n")
        return own_load.measure(signet, "refresh", options.seconds, "--client", CLIENT, "--secret-file", secret,
                                "--refresh-tokens-file", file, connections=CONNECTIONS, data_dir=signet.data_dir)
    return measure


def main():
    options = rounds.options(count=10_000_000).parse_args()
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
            wanted = DRAWN_PER_SECOND * options.seconds * (options.rounds + 1)
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
            results = rounds.run({EMPTY: refresh(empty, empty_secret, options.seconds),
                                  DRAWN: drawn(full, full_secret, tokens, options),
                                  IN_USE: refresh(full, full_secret, options.seconds)}, options.rounds)
            each = (disk_bytes(full.data_dir) - before) / options.count
        finally:
            for server in servers:
                server.stop()
    rounds.print_table(results, {DRAWN: EMPTY, IN_USE: EMPTY})
    print(f"\n{options.count:,} families: {each:.0f} bytes of table files each; start to ready {full_s:.2f} s, "
          f"of the empty store {empty_s:.2f} s")
    save_figures("families", {"refresh, full over empty": rounds.ratio(results, DRAWN, EMPTY), "disk bytes each": each,
                              "start s": full_s, "empty start s": empty_s})
    return 1 if rounds.errors(results) else 0


if __name__ == "__main__":
    sys.exit(main())
