"""A dialect's token beside one of /oauth2/token with the same algorithm, and what a hundred more dialects cost on both
paths. VietQR's caller shows a person's password, which is in the cache of verified ones; Nova Post's an API key.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/dialects.py [--rounds 5] [--seconds 4]
"""

import json
import sys
from pathlib import Path

import load
import rounds
from servers import PORT_BASE, Signet, save_figures, temporary_directory, write_auth_file

AUDIENCE = "urn:demo"
MORE = 100
# What each of the others is: one of its own, with a login and a guarded path.
DIALECT = """name = "extra-{n}"
[token]
alg = "HS256"
claims = '{{"sub":"${{client_id}}","iat":${{issued_at}},"exp":${{expires_at}},"jti":"${{jti}}"}}'
lifetime_s = 600
[[endpoint]]
name = "login"
paths = ["/extra-{n}/v1/login", "/extra-{n}/v2/{{tenant}}/login"]
methods = ["POST"]
[[endpoint.credential]]
carrier = "basic"
[endpoint.success]
body = '{{"token":"${{token}}"}}'
[[endpoint]]
name = "probe"
paths = ["/extra-{n}/v1/probe"]
methods = ["GET"]
handler = "answer"
guarded = true
[endpoint.success]
"""


def contestants(directory, server, suffix):
    """{name: how it is measured} of one server."""
    demo = json.loads((server.data_dir / "demo.json").read_text())
    found = {}
    for alg in ("HS256", "HS512"):
        server.ctl("key", "add", "--alg", alg, "--audience", AUDIENCE)
        clients = server.add_clients(f"bench-{alg}-", 1, alg, AUDIENCE, ["a.read"])
        auth = write_auth_file(directory, f"{alg}{suffix}", clients)
        found[f"/oauth2/token {alg}{suffix}"] = lambda seconds, auth=auth: load.measure(
            server, "/oauth2/token", seconds, auth_file=auth, body=load.FORM)
    vietqr = write_auth_file(directory, "vietqr" + suffix, [(demo["vietqr"]["username"], demo["vietqr"]["password"])])
    found[f"VietQR HS512{suffix}"] = lambda seconds: load.measure(
        server, "/vqr/api/token_generate", seconds, auth_file=vietqr, body="{}")
    found[f"Nova Post HS256{suffix}"] = lambda seconds: load.measure(
        server, "/v.1.0/clients/authorization?apiKey=" + demo["novapost"]["apiKey"], seconds)
    return found


def main():
    options = rounds.options().parse_args()
    servers, found = [], {}
    with temporary_directory() as directory:
        try:
            for number, (suffix, more) in enumerate((("", 0), (f", {MORE} more", MORE))):
                own = Path(directory) / f"with-{more}"
                dialects = own / "signet" / "dialects"
                dialects.mkdir(parents=True)
                for n in range(more):
                    (dialects / f"extra-{n}.toml").write_text(DIALECT.format(n=n))
                servers.append(Signet(own, PORT_BASE + 20 + 4 * number))
                found |= contestants(own, servers[-1], suffix)
            results = rounds.run({name: lambda run=run: run(options.seconds) for name, run in found.items()},
                                 options.rounds)
        finally:
            for server in servers:
                server.stop()
    beside = {"VietQR HS512": "/oauth2/token HS512", "Nova Post HS256": "/oauth2/token HS256"}
    beside |= {name: name.split(",")[0] for name in found if "," in name}
    rounds.print_table(results, beside)
    figures = {f"{name} over {other}, CPU": rounds.median(
        [mine.cpu_us / its.cpu_us for mine, its in zip(results[name], results[other])])
        for name, other in beside.items()}
    print()
    for name, value in figures.items():
        print(f"{name}: {value:.3f}")
    save_figures("dialects", figures)
    return 1 if rounds.errors(results) else 0


if __name__ == "__main__":
    sys.exit(main())
