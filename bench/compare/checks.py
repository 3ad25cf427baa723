"""Introspection or /verify of 10,000 hot tokens (Zipf) with 100 revocations a second, beside redis-server GET; and
node-oidc-provider's introspection.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/checks.py introspect|verify [--rounds 5] [--seconds 4] [--peer 1]
"""

import sys
from pathlib import Path

import own_load
import rounds
from redis_load import Redis
from servers import OidcProvider, Signet, save_figures, temporary_directory

TOKENS = 10_000
REVOCATIONS_PER_S = 100


def main():
    parser = rounds.options(peer=1)
    parser.add_argument("what", choices=["introspect", "verify"])
    options = parser.parse_args()
    what, servers = f"signet {options.what}", []
    with temporary_directory() as directory:
        directory = Path(directory)
        try:
            signet = Signet(directory, 18420)
            servers.append(signet)
            made = signet.ctl("client", "add", "holder", "--audience", "urn:demo", "--scope", "a.read a.write b.read")
            client = (made["client_id"], made["client_secret"])
            secret = own_load.secret_file(directory, "holder", client[1])
            tokens = directory / "tokens"
            tokens.write_text("\n".join(signet.issue(client, TOKENS)) + "\n")
            redis = Redis(directory, 18440, len(signet.introspection(signet.issue(client, 1)[0])))
            servers.append(redis)
            more = ["--audience", "urn:demo"] if options.what == "verify" else []
            contestants = {
                "redis-server GET": lambda: redis.measure(options.seconds),
                what: lambda: own_load.measure(
                    signet, options.what, options.seconds, "--tokens-file", tokens, "--client", client[0],
                    "--secret-file", secret, "--revocations-per-s", REVOCATIONS_PER_S, *more,
                    data_dir=signet.data_dir)}
            beside = {what: "redis-server GET"}
            if options.what == "introspect" and options.peer:
                peer = OidcProvider(directory, 18430, "EdDSA", [client], opaque=TOKENS)
                servers.append(peer)
                contestants["oidc-provider introspect, opaque"] = lambda: own_load.measure(
                    peer, "introspect", options.seconds, "--path", "/token/introspection", "--tokens-file",
                    peer.opaque_tokens_file, "--rs", client[0], "--rs-secret-file", secret)
                beside["oidc-provider introspect, opaque"] = what
            results = rounds.run(contestants, options.rounds)
        finally:
            for server in servers:
                server.stop()
    rounds.print_table(results, beside)
    figures = {f"{options.what} over redis GET": rounds.ratio(results, what, "redis-server GET")}
    if "oidc-provider introspect, opaque" in results:
        figures["introspect over node-oidc-provider"] = rounds.ratio(results, what, "oidc-provider introspect, opaque")
    save_figures(options.what, figures)
    return 1 if rounds.errors(results) else 0


if __name__ == "__main__":
    sys.exit(main())
