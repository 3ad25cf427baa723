"""What a record of every token costs: EdDSA client_credentials with audit_issuance = "off", "os" and "group",
interleaved round by round, the data on the build's own disk.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/issuance_audit.py [--rounds 5] [--seconds 4] [--connections 256]
"""

import sys
from pathlib import Path

import own_load
import rounds
from servers import BUILD, SIGNER, SIGNET_PORT, Server, Signet, answers, note, save_figures, temporary_directory

CLIENT = "partner-000000000001"
MODES = ("off", "os", "group")


class Configured(Signet):
    """A daemon with a configuration file, without --dev."""

    def __init__(self, directory, port, mode):
        directory = Path(directory) / mode
        directory.mkdir()
        self.data_dir = directory / "signet"
        self.log = open(directory / "signetd.log", "w+")
        config = directory / "signetd.toml"
        config.write_text(f"""
data_dir = "{self.data_dir}"
issuer = "http://127.0.0.1:{port}"
listen = ["127.0.0.1:{port}"]
console_listen = ["127.0.0.1:{port + 1}"]
workers = 1
audit_issuance = "{mode}"
signer = "{SIGNER}"
""")
        Server.__init__(self, [BUILD / "daemon/signetd", "--config", config], port, lambda s: answers(s, "/readyz"),
                        stderr=self.log)
        made = self.ctl("client", "add", CLIENT, "--audience", "https://api.example.com/orders", "--scope", "a b")
        self.given = ("--client", CLIENT, "--secret-file",
                      own_load.secret_file(directory, "client", made["client_secret"]))


def main():
    options = rounds.options(connections=256).parse_args()
    with temporary_directory() as directory:
        servers = {}
        try:
            for number, mode in enumerate(MODES):
                servers[mode] = Configured(directory, SIGNET_PORT + 2 * number, mode)
            contestants = {
                mode: lambda server=server: own_load.measure(server, "token", options.seconds, *server.given,
                                                             connections=options.connections)
                for mode, server in servers.items()}
            results = rounds.run(contestants, options.rounds)
            for mode in MODES[1:]:
                checked = servers[mode].ctl("audit", "verify")
                note(f"{mode}: {checked['end']} records of the audit log follow from each other")
        finally:
            for server in servers.values():
                server.stop()
    rounds.print_table(results, {"os": "off", "group": "off"})
    figures = {}
    for mode in MODES[1:]:
        figures[f"{mode} rate over off"] = rounds.ratio(results, mode, "off")
        figures[f"{mode} CPU us above"] = rounds.median(
            a.cpu_us - b.cpu_us for a, b in zip(results[mode], results["off"]))
    save_figures("issuance_audit", figures)
    return 1 if rounds.errors(results) else 0


if __name__ == "__main__":
    sys.exit(main())
