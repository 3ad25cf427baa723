"""A million clients: import with generated secrets, resident bytes, start to ready, and issuance with ids uniform over
all of them beside issuance to one. A start reads with two threads and nothing else runs at it: it is judged as an
operator starts it, on all cores, and given on one core beside that.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/million.py [--clients 1000000] [--rounds 5] [--seconds 5]
"""

import argparse
import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from load import LOAD_CORE, watch
from servers import BUILD, SIGNET_PORT, Signet, cpu_seconds, note, resident_mib, save_figures, temporary_directory

AUDIENCE = "https://api.example.com/orders"


def write_clients(path, count):
    scopes = ["a.read", "a.write", "b.read"]
    with open(path, "w") as out:
        for n in range(count):
            out.write(json.dumps({"client_id": f"partner-{n:012d}", "scopes": scopes, "audiences": [AUDIENCE],
                                  "alg": "HS256"}) + "\n")


def issue(signet, clients, seconds):
    """Closed loop on 64 connections; gives (rate, server CPU us per request)."""
    command = ["taskset", "-c", LOAD_CORE, BUILD / "tools/signet-load", "token", "--url", signet.url, "--data-dir",
               signet.data_dir, "--connections", "64", "--duration", str(seconds), "--json", *clients]
    before = cpu_seconds(signet.pid)
    load = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
    used = {}
    watcher = threading.Thread(target=watch, args=(load, used))
    watcher.start()
    out, _ = load.communicate()
    watcher.join()
    if load.returncode != 0:
        raise RuntimeError(f"signet-load ended with {load.returncode}")
    result = json.loads(out)
    if result["errors"]:
        raise RuntimeError(f"errors: {result}")
    requests = result["requests_per_s"] * seconds
    return result["requests_per_s"], (cpu_seconds(signet.pid) - before) / requests * 1e6


def import_into(directory, clients, one_core):
    """Imports into a new data directory; gives the daemon, still running, its RSS before, and the seconds. The tool may
    use every core, as an operator's would."""
    directory.mkdir()
    signet = Signet(directory, SIGNET_PORT, one_core)
    empty_mib = resident_mib(signet.pid)
    signet.ctl("key", "add", "--alg", "HS256", "--audience", AUDIENCE)
    _, seconds = timed(lambda: signet.ctl("client", "import", clients, "--secrets-out", directory / "secrets.jsonl"))
    return signet, empty_mib, seconds


def timed(action):
    started = time.monotonic()
    result = action()
    return result, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    with temporary_directory() as directory:
        clients = Path(directory) / "clients.jsonl"
        write_clients(clients, options.clients)
        note("importing")
        signet, _, import_s = import_into(Path(directory) / "all", clients, False)
        signet.stop()
        directory = Path(directory) / "one"
        signet, empty_mib, import_one_s = import_into(directory, clients, True)
        try:
            one = signet.ctl("client", "add", "just-one", "--alg", "HS256", "--audience", AUDIENCE, "--scope",
                             "a.read a.write b.read")
            one_secret = directory / "one-secret"
            one_secret.write_text(one["client_secret"])
            secrets = directory / "secrets.jsonl"
            status = signet.ctl("status")
            full_mib = resident_mib(signet.pid)
            note("restarting")
            # The one on one core comes last: it is what the rounds are asked of.
            starts, on_one = [], []
            for one_core, times in ((False, starts), (True, on_one)) * 3:
                signet.stop()
                signet, start_s = timed(lambda one_core=one_core: Signet(directory, SIGNET_PORT, one_core))
                times.append(start_s)
                restarted_mib = resident_mib(signet.pid)
            single, uniform = [], []
            for number in range(options.rounds + 1):
                note(f"round {number}/{options.rounds}{' (warm-up)' if number == 0 else ''}")
                a = issue(signet, ["--client", "just-one", "--secret-file", one_secret], options.seconds)
                b = issue(signet, ["--clients-file", secrets], options.seconds)
                if number > 0:
                    single.append(a)
                    uniform.append(b)
        finally:
            signet.stop()
    median = statistics.median
    count = status["clients"]
    print("| what | figure |\n|---|---|")
    print(f"| import of {options.clients:,} with generated secrets | {import_s:.1f} s |")
    print(f"| import, the daemon on one core | {import_one_s:.1f} s |")
    print(f"| resident bytes per client, as the daemon counts | {status['clients_resident_bytes'] / count:.0f} |")
    for when, mib in (("after a restart", restarted_mib), ("after the import", full_mib)):
        print(f"| growth of RSS over an empty daemon per client, {when} | "
              f"{(mib - empty_mib) * 1024 * 1024 / count:.0f} bytes |")
    for where, times in (("", starts), (", on one core", on_one)):
        print(f"| start to ready{where} | {median(times):.2f} s ({', '.join(f'{s:.2f}' for s in times)}) |")
    print(f"| HS256, one client | {median(r for r, _ in single):,.0f}/s, {median(c for _, c in single):.2f} us CPU |")
    print(f"| HS256, uniform over all | {median(r for r, _ in uniform):,.0f}/s, "
          f"{median(c for _, c in uniform):.2f} us CPU |")
    print(f"| uniform beside one, CPU per request | "
          f"{median(u[1] / s[1] for s, u in zip(single, uniform)):.3f} (median of the rounds) |")
    save_figures("million", {
        "import s": import_s, "import on one core s": import_one_s,
        "bytes per client": status["clients_resident_bytes"] / count, "start s": median(starts),
        "uniform over one, CPU": median(u[1] / s[1] for s, u in zip(single, uniform)),
        "uniform over one, rate": median(u[0] / s[0] for s, u in zip(single, uniform))})
    print(f"| uniform beside one, rate | {median(u[0] / s[0] for s, u in zip(single, uniform)):.3f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
