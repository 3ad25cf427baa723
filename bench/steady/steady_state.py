"""The steady state of a worker: calls of the malloc family and futex calls over 10,000 requests, and memory over a
million. Prints what it saw; exit 1 when a worker allocated or used a futex, or memory grew.

    SIGNET_BUILD=build python3 bench/steady/steady_state.py [--requests 10000] [--flat 1000000]
"""

import argparse
import http.client
import json
import re
import struct
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from signet_daemon import BUILD, Daemon  # noqa: E402

HERE = Path(__file__).parent


def counts(file):
    content = Path(file).read_bytes()
    return {t: n for t, n in struct.iter_unpack("QQ", content) if t != 0}


def worker_threads(pid):
    """Thread ids of the workers, by the name that they give themselves."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().startswith("worker"):
            found.append(int(task.name))
    return found


WARM_UP = 2000  # requests: pools, caches, the first use of everything
CONNECTIONS = 8


def basic(client_id, secret):
    return "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()


def fresh_tokens(daemon, client, count):
    """That many tokens, by batches."""
    tokens = []
    while len(tokens) < count:
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=60)
        connection.request("POST", "/oauth2/token/batch", body=json.dumps([{}] * min(1000, count - len(tokens))),
                           headers={"Authorization": basic(*client), "Content-Type": "application/json"})
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        tokens += [json.loads(line)["access_token"] for line in lines]
    return tokens


def refresher(daemon, client):
    """Each connection walks a family of its own. The successors come through `take`."""
    tokens = [daemon.ctl("token", "issue", "--client", client[0], "--refresh")["refresh_token"]
              for _ in range(CONNECTIONS)]
    headers = {"Authorization": basic(*client), "Content-Type": "application/x-www-form-urlencoded"}

    def ask(n):
        body = "grant_type=refresh_token&refresh_token=" + tokens[n % CONNECTIONS]
        return "POST", "/oauth2/token", body, headers

    def take(n, content):
        successor = json.loads(content)["refresh_token"]
        assert successor != tokens[n % CONNECTIONS]
        tokens[n % CONNECTIONS] = successor
    return ask, take


def asker(daemon, client, kind, requests):
    """Gives method, target, body and headers of request number n. Kinds: token; introspect and verify of hot tokens or
    of tokens never seen."""
    if kind == "token":
        headers = {"Authorization": basic(*client), "Content-Type": "application/x-www-form-urlencoded"}
        return lambda n: ("POST", "/oauth2/token", "grant_type=client_credentials", headers)
    endpoint, _, which = kind.partition("-")
    tokens = fresh_tokens(daemon, client, 100 if which == "hot" else WARM_UP + requests)
    if endpoint == "verify":
        return lambda n: ("GET", "/verify?audience=urn:demo&scope=a.read", None,
                          {"Authorization": "Bearer " + tokens[n % len(tokens)]})
    headers = {"Authorization": basic("demo-rs", daemon.secret("demo-rs")),
               "Content-Type": "application/x-www-form-urlencoded"}
    return lambda n: ("POST", "/oauth2/introspect", "token=" + tokens[n % len(tokens)], headers)


def drive(daemon, client, kind, requests):
    """Keep-alive connections, and a function that sends so many requests over them in turn."""
    if kind == "refresh":
        ask, take = refresher(daemon, client)
    else:
        ask, take = asker(daemon, client, kind, requests), lambda n, content: None
    sent = 0
    open_connections = [http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10) for _ in range(CONNECTIONS)]
    for connection in open_connections:
        connection.connect()

    def rounds(count):
        nonlocal sent
        for n in range(sent, sent + count):
            connection = open_connections[n % CONNECTIONS]
            method, target, body, headers = ask(n)
            connection.request(method, target, body=body, headers=headers)
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 200 and b'"active":false' not in content, (answer.status, content)
            take(n, content)
        sent += count
    return rounds, open_connections


def resident_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def allocations(library, algorithm, requests, kind="token"):
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "counts"
        daemon = Daemon.start(environment={"LD_PRELOAD": str(library), "MALLOC_COUNT_FILE": str(file)})
        try:
            client = make_client(daemon, algorithm)
            rounds, connections = drive(daemon, client, kind, requests)
            rounds(WARM_UP)
            workers = worker_threads(daemon.process.pid)
            assert workers, "no thread is named worker*"
            before = counts(file)
            rounds(requests)
            after = counts(file)
            for connection in connections:
                connection.close()
            return sum(after.get(w, 0) - before.get(w, 0) for w in workers)
        finally:
            daemon.stop()


def futexes(algorithm, requests, kind="token"):
    daemon = Daemon.start()
    try:
        client = make_client(daemon, algorithm)
        rounds, connections = drive(daemon, client, kind, requests)
        rounds(WARM_UP)
        worker = worker_threads(daemon.process.pid)[0]
        with tempfile.NamedTemporaryFile() as out:
            tracer = subprocess.Popen(["strace", "-qq", "-e", "trace=futex", "-o", out.name, "-p", str(worker)],
                                      stderr=subprocess.DEVNULL)
            time.sleep(1)
            rounds(requests)
            tracer.terminate()
            tracer.wait(10)
            calls = Path(out.name).read_text().count("futex(")
        for connection in connections:
            connection.close()
        return calls
    finally:
        daemon.stop()


def growth(requests):
    """Resident KiB after a tenth of the requests, and after all."""
    daemon = Daemon.start()
    try:
        def load(seconds_of):
            subprocess.run([str(BUILD / "tools/signet-load"), "token", "--url", daemon.issuer, "--data-dir",
                            str(daemon.data_dir), "--client", "demo", "--secret-file",
                            str(daemon.data_dir / "demo-secret"), "--connections", "64", "--duration", str(seconds_of)],
                           check=True, capture_output=True)
        load(3)
        first, sent = resident_kib(daemon.process.pid), 0
        while sent < requests:
            load(10)
            sent = total_requests(daemon)
        return first, resident_kib(daemon.process.pid), sent
    finally:
        daemon.stop()


def total_requests(daemon):
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port + 1, timeout=10)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    return sum(float(v) for v in re.findall(r"^signet_tokens_issued_total\{[^}]*\} (\S+)", text, re.M))


def make_client(daemon, algorithm):
    if algorithm.startswith("HS"):
        daemon.ctl("key", "add", "--alg", algorithm, "--audience", "urn:demo")
    made = daemon.ctl("client", "add", "steady", "--alg", algorithm, "--audience", "urn:demo",
                      "--scope", "a.read a.write b.read", "--grant", "client_credentials", "--grant", "refresh_token")
    return made["client_id"], made["client_secret"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--flat", type=int, default=1_000_000, help="requests of the memory check; 0 leaves it out")
    parser.add_argument("--algorithms", default="HS256,EdDSA,ES256,RS256")
    parser.add_argument("--checks", default="introspect-hot,introspect-new,verify-hot,verify-new,refresh",
                        help="refresh and kinds of checks, each with --check-algorithms; empty leaves them out")
    parser.add_argument("--check-algorithms", default="EdDSA")
    parser.add_argument("--save", help="file for the figures, as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        library = Path(directory) / "malloc_count.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, HERE / "malloc_count.c", "-ldl"], check=True)
        bad, seen = False, {}
        print("| algorithm | requests | malloc family on the worker | futex on the worker |\n|---|---|---|---|")
        for algorithm in options.algorithms.split(","):
            requests = options.requests if algorithm != "RS256" else options.requests // 10
            allocated, waited = allocations(library, algorithm, requests), futexes(algorithm, requests)
            bad |= allocated != 0 or waited != 0
            seen[algorithm] = {"requests": requests, "malloc family": allocated, "futex": waited}
            print(f"| {algorithm} | {requests} | {allocated} | {waited} |", flush=True)
        for algorithm in options.check_algorithms.split(","):
            for kind in filter(None, options.checks.split(",")):
                allocated = allocations(library, algorithm, options.requests, kind)
                waited = futexes(algorithm, options.requests, kind)
                # A rotation wakes the committer, once for all that an iteration hands over.
                bad |= allocated != 0 or (waited != 0 and kind != "refresh")
                seen[f"{kind} {algorithm}"] = {
                    "requests": options.requests, "malloc family": allocated, "futex": waited}
                print(f"| {kind} {algorithm} | {options.requests} | {allocated} | {waited} |", flush=True)
    if options.flat:
        first, last, sent = growth(options.flat)
        bad |= last > first * 1.02 + 1024
        seen["memory"] = {"first KiB": first, "last KiB": last, "tokens": sent}
        print(f"resident memory after the warm-up {first} KiB, after {sent:,.0f} tokens {last} KiB")
    if options.save:
        Path(options.save).parent.mkdir(parents=True, exist_ok=True)
        Path(options.save).write_text(json.dumps(seen, indent=2) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
