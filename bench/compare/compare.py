"""The comparison: interleaved rounds of every contestant, one warm-up discarded; medians of the per-round ratios.

Judged by server CPU time per request beside nginx's in the same round, and by rate.
"""

import argparse
import json
import statistics
import subprocess
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass

import load
from servers import (BUILD, PORT_BASE, SIGNER, SIGNET_PORT, Nginx, OidcProvider, Signet, basic, note, pinned,
                     save_figures, temporary_directory, write_auth_file)

SCOPES = ["a.read", "a.write", "b.read"]
AUDIENCE = "urn:demo"
CLIENTS = 50
PORTS = {"nginx": PORT_BASE, "signet": SIGNET_PORT, "peer-EdDSA": PORT_BASE + 30, "peer-ES256": PORT_BASE + 31}


@dataclass
class Contestant:
    name: str
    server: object
    path: str
    auth_file: object = None
    body: str = None
    beside: str = None   # the contestant that its ratios are taken against
    seconds: int = 0


def token_length(signet, client):
    request = urllib.request.Request(
        signet.url + "/oauth2/token", data=load.FORM.encode(), headers={"Authorization": basic(*client)})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return len(answer.read())


def sign_rates():
    """Bare signatures a second on core 0 by algorithm, in groups of 64, from the signing benchmark."""
    out = subprocess.run(pinned([BUILD / "bench/signing_bench", f"--signer={SIGNER}",
                                 "--benchmark_filter=^sign/(EdDSA|ES256)/64/real_time/threads:1$",
                                 "--benchmark_format=json", "--benchmark_min_time=0.5"]),
                         capture_output=True, text=True, check=True).stdout
    rates = {}
    for one in json.loads(out)["benchmarks"]:
        rates[one["name"].split("/")[1]] = one["items_per_second"]
    return rates


def contestants(directory, only, servers):
    """Every server that is up is in `servers`, also when a later one does not come up."""
    signet = Signet(directory, PORTS["signet"])
    servers.append(signet)
    signet.ctl("key", "add", "--alg", "HS256", "--audience", AUDIENCE)
    found, lengths = [], {}
    auth = {}
    for alg in ("HS256", "EdDSA", "ES256"):
        clients = signet.add_clients(f"bench-{alg}-", CLIENTS, alg, AUDIENCE, SCOPES)
        lengths[alg] = token_length(signet, clients[0])
        auth[alg] = (write_auth_file(directory, alg, clients), clients)
    for name, path in (("jwks", "/.well-known/jwks.json"), ("healthz", "/healthz")):
        with urllib.request.urlopen(signet.url + path, timeout=10) as answer:
            lengths[name] = len(answer.read())
    nginx = Nginx(directory, PORTS["nginx"], sorted(set(lengths.values())))
    servers.append(nginx)
    for alg in ("HS256", "EdDSA", "ES256"):
        bound = f"nginx, POST, {lengths[alg]} B"
        found.append(Contestant(bound, nginx, f"/{lengths[alg]}", auth[alg][0], load.FORM))
        found.append(Contestant(f"signet {alg}", signet, "/oauth2/token", auth[alg][0], load.FORM, bound))
    for name, path in (("jwks", "/.well-known/jwks.json"), ("healthz", "/healthz")):
        bound = f"nginx, GET, {lengths[name]} B"
        found.append(Contestant(bound, nginx, f"/{lengths[name]}"))
        found.append(Contestant(f"signet {name}", signet, path, beside=bound))
    for alg in ("EdDSA", "ES256"):
        if only and "peer" not in only:
            continue
        peer = OidcProvider(directory, PORTS[f"peer-{alg}"], alg, auth[alg][1])
        servers.append(peer)
        form = load.FORM + "&scope=" + urllib.parse.quote(" ".join(SCOPES))
        found.append(Contestant(f"oidc-provider {alg}", peer, "/token", auth[alg][0], form, f"signet {alg}"))
    if only:
        wanted = [c for c in found if any(o.lower() in c.name.lower() for o in only)]
        found = [c for c in found if c in wanted or any(w.beside == c.name for w in wanted)]
    return list({c.name: c for c in found}.values())


def run_rounds(found, rounds, seconds):
    results = {c.name: [] for c in found}
    rates = {"EdDSA": [], "ES256": []}
    for number in range(rounds + 1):
        for one in found:
            note(f"round {number}/{rounds}{' (warm-up)' if number == 0 else ''}: {one.name}")
            result = load.measure(one.server, one.path, seconds, auth_file=one.auth_file, body=one.body)
            if number > 0:
                results[one.name].append(result)
        bare = sign_rates()
        if number > 0:
            for alg, rate in bare.items():
                rates[alg].append(rate)
    return results, rates


def median(values):
    return statistics.median(list(values))


def print_table(found, results, rates):
    print("\n| contestant | req/s | server CPU us/req | rate ratio | CPU us over | p50 ms | p99 ms | RSS MiB "
          "| generator | errors |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for one in found:
        mine = results[one.name]
        ratio = over = "-"
        if one.beside in results:
            pairs = list(zip(mine, results[one.beside]))
            ratio = f"{median(a.rate / b.rate for a, b in pairs):.3f}"
            over = f"{median(a.cpu_us - b.cpu_us for a, b in pairs):+.2f}"
        limit = " (the limit)" if median(m.load_busy for m in mine) > 0.95 and \
            median(m.server_busy for m in mine) < 0.95 else ""
        print(f"| {one.name} | {median(m.rate for m in mine):,.0f} | {median(m.cpu_us for m in mine):.2f} | {ratio} "
              f"| {over} | {median(m.p50_ms for m in mine):.3f} | {median(m.p99_ms for m in mine):.3f} "
              f"| {median(m.resident_mib for m in mine):.0f} | {median(m.load_busy for m in mine):.0%}{limit} "
              f"| {sum(m.errors for m in mine)} |")
    print("\nRatios are per round against the contestant named before (the peer's against Signet), medians shown.")
    print()
    for name, value in figures(found, results, rates).items():
        print(f"{name}: {value:.3f}")


def figures(contestants, results, rates):
    """What the targets are about, medians of the per-round figures."""
    found = {}

    for one in contestants:
        if not one.name.startswith("signet "):
            continue
        what = one.name.split()[1]
        mine, bound = results[one.name], results[one.beside]
        found[f"{what} rate over nginx"] = median(a.rate / b.rate for a, b in zip(mine, bound))
        found[f"{what} CPU us over nginx"] = median(a.cpu_us - b.cpu_us for a, b in zip(mine, bound))
        if what in rates:
            found[f"{what} share of the bound 1/(1/nginx + 1/sign)"] = median(
                a.rate * (1 / b.rate + 1 / sign) for a, b, sign in zip(mine, bound, rates[what]))
            found[f"{what} bare signing per second"] = median(rates[what])
        peer = results.get(f"oidc-provider {what}")
        if peer:
            found[f"{what} over node-oidc-provider"] = median(a.rate / b.rate for a, b in zip(mine, peer))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", type=lambda text: text.split(","), help="parts of contestants' names")
    options = parser.parse_args()
    servers = []
    with temporary_directory() as directory:
        try:
            found = contestants(directory, options.only, servers)
            results, rates = run_rounds(found, options.rounds, options.seconds)
        finally:
            for server in servers:
                server.stop()
    print_table(found, results, rates)
    save_figures("compare", figures(found, results, rates))
    return 1 if any(r.errors for rounds in results.values() for r in rounds) else 0


if __name__ == "__main__":
    sys.exit(main())
