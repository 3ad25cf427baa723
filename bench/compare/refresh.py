"""Refresh beside Signet's own EdDSA client_credentials and beside node-oidc-provider's: 128 connections, each walking a
family of its own, every rotation durable before its answer (the peer's is in memory).

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/refresh.py [--rounds 5] [--seconds 4] [--peer 1]
"""

import sys
from pathlib import Path

import own_load
import rounds
from servers import OidcProvider, Signet, save_figures, temporary_directory

CONNECTIONS = 128
SCOPES = ["a.read", "a.write", "b.read"]


def peer_walks(peer, client, secret, seconds):
    """Each round needs tokens that none before has walked from."""
    unused = peer.refresh_tokens_file.read_text().splitlines()

    def measure():
        some, unused[:] = unused[:CONNECTIONS], unused[CONNECTIONS:]
        file = peer.refresh_tokens_file.with_suffix(".round")
        file.write_text("\n".join(some) + "\n")
        return own_load.measure(peer, "refresh", seconds, "--path", "/token", "--client", client, "--secret-file",
                                secret, "--refresh-tokens-file", file, connections=CONNECTIONS)
    return measure


def main():
    options = rounds.options(peer=1).parse_args()
    servers = []
    with temporary_directory() as directory:
        directory = Path(directory)
        try:
            signet = Signet(directory, 18420)
            servers.append(signet)
            made = signet.ctl("client", "add", "walker", "--grant", "client_credentials", "--grant", "refresh_token",
                              "--audience", "urn:demo", *[o for s in SCOPES for o in ("--scope", s)])
            secret = own_load.secret_file(directory, "walker", made["client_secret"])

            def own(scenario):
                return lambda: own_load.measure(signet, scenario, options.seconds, "--client", "walker",
                                                "--secret-file", secret, connections=CONNECTIONS,
                                                data_dir=signet.data_dir)
            contestants = {"signet EdDSA client_credentials": own("token"), "signet refresh": own("refresh")}
            beside = {"signet refresh": "signet EdDSA client_credentials"}
            if options.peer:
                peer = OidcProvider(directory, 18430, "EdDSA", [("walker", made["client_secret"])],
                                    refresh_tokens=CONNECTIONS * (options.rounds + 1))
                servers.append(peer)
                contestants["oidc-provider refresh"] = peer_walks(peer, "walker", secret, options.seconds)
                beside["oidc-provider refresh"] = "signet refresh"
            results = rounds.run(contestants, options.rounds)
            store = signet.ctl("status")["store"]
        finally:
            for server in servers:
                server.stop()
    rounds.print_table(results, beside)
    print(f"\nfdatasync: median {store['sync_ms_median']:.3f} ms, at most {store['sync_ms_max']:.3f} ms lately")
    figures = {"refresh over EdDSA client_credentials": rounds.ratio(results, *next(iter(beside.items())))}
    if options.peer:
        figures["refresh over node-oidc-provider"] = rounds.ratio(results, "signet refresh", "oidc-provider refresh")
    save_figures("refresh", figures)
    return 1 if rounds.errors(results) else 0


if __name__ == "__main__":
    sys.exit(main())
