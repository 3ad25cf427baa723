"""The table of targets beside what the last run of each script measured."""

import json
import sys

from servers import RUN


def read(name):
    path = RUN / "figures" / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def rows():
    compare, fairness, million = read("compare"), read("fairness"), read("million")
    scaling, steady, generator = read("scaling"), read("steady"), read("generator")
    most, least = "at most", "at least"
    yield "HS256 token, server CPU over nginx, us", most, 2.0, compare.get("HS256 CPU us over nginx")
    yield "HS256 token, rate over nginx", least, 0.75, compare.get("HS256 rate over nginx")
    for alg in ("EdDSA", "ES256"):
        yield f"{alg} token, share of the bound", least, 0.88, compare.get(
            f"{alg} share of the bound 1/(1/nginx + 1/sign)")
    yield "EdDSA token, server CPU over nginx, us", most, 3.2, compare.get("EdDSA CPU us over nginx")
    yield "EdDSA token, rate over nginx", least, 0.65, compare.get("EdDSA rate over nginx")
    yield "EdDSA token over node-oidc-provider", least, 9, compare.get("EdDSA over node-oidc-provider")
    for what in ("jwks", "healthz"):
        yield f"{what}, rate over nginx", least, 0.9, compare.get(f"{what} rate over nginx")
    yield "RS256 flood, EdDSA p99 above, ms", most, 5, fairness.get("EdDSA p99 ms above")
    yield "million clients, resident bytes each", most, 320, million.get("bytes per client")
    yield "million clients, start to ready, s", most, 3, million.get("start s")
    yield "million clients, HS256 CPU uniform over one", most, 1.15, million.get("uniform over one, CPU")
    yield "million clients, import, s", most, 20, million.get("import s")
    for name in ("rotations", "rekeys", "backups"):
        yield f"{name} under load, p99 above, ms", most, 2, read("rotation").get(f"{name} p99 ms above")
        yield f"{name} under load, refused", most, 0, read("rotation").get(f"{name} refused")
    yield "audit_issuance = group, EdDSA rate over off", least, 0.75, read("issuance_audit").get("group rate over off")
    yield "ten million audit records checked, s", most, 20, read("audit_verify").get("verify s")
    for alg, seen in steady.items():
        if alg != "memory":
            yield f"steady state {alg}, malloc family in {seen['requests']}", most, 0, seen["malloc family"]
            yield f"steady state {alg}, futex in {seen['requests']}", most, 0, seen["futex"]
    if "memory" in steady:
        grown = steady["memory"]["last KiB"] / steady["memory"]["first KiB"]
        yield f"memory after {steady['memory']['tokens']:,.0f} tokens over before", most, 1.02, grown
    for alg, ratio in scaling.items():
        yield f"signing {alg}, two threads over one", least, 1.85, ratio
    yield from rows_of_checks()
    dialects = read("dialects")
    for name, other in (("VietQR HS512", "/oauth2/token HS512"), ("Nova Post HS256", "/oauth2/token HS256")):
        yield f"{name} over {other}, CPU", most, 1.15, dialects.get(f"{name} over {other}, CPU")
        for path in (name, other):
            yield f"{path}, a hundred dialects more, CPU", most, 1.02, dialects.get(
                f"{path}, 100 more over {path}, CPU")
    yield "signet-load over wrk", least, 0.95, generator.get("signet-load over wrk")


def rows_of_checks():
    most, least = "at most", "at least"
    for part, figure, what, side, target in (
            ("refresh", "refresh over EdDSA client_credentials", "refresh over EdDSA client_credentials", least, 0.6),
            ("introspect", "introspect over redis GET", "introspection, hot, over redis GET", least, 0.9),
            ("verify", "verify over redis GET", "/verify, hot, over redis GET", least, 0.9),
            ("never_seen", "never-seen over EdDSA issuance", "never-seen tokens over EdDSA issuance", least, 0.9),
            ("batch", "hot batch over single, CPU", "batch of 1,000 hot, CPU over single ones", most, 1 / 3),
            ("batch", "never-seen batch over signing, CPU", "batch of 1,000 never-seen, CPU over signing", most, 1.15),
            ("feed", "p99 ms", "feed, 1,000 followers, p99 from the answer, ms", most, 100),
            ("feed", "issuance beside followers", "issuance beside 1,000 followers", least, 0.95),
            ("revocations", "start s", "ten million revocations, start to ready, s", most, 10),
            ("families", "refresh, full over empty", "ten million families, refresh over an empty store", least, 0.7),
            ("families", "disk bytes each", "ten million families, bytes each on disk", most, 220)):
        yield what, side, target, read(part).get(figure)


def main():
    print("| what | target | measured | |\n|---|---|---|---|")
    for what, side, target, value in rows():
        if value is None:
            print(f"| {what} | {side} {target:.3g} | not run | |")
            continue
        met = value <= target if side == "at most" else value >= target
        print(f"| {what} | {side} {target:.3g} | {value:.3f} | {'' if met else '**missed**'} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
