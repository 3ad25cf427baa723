"""A thousand followers of the revocation feed: how long after a revocation's answer each of them has it, and what they
take from issuance. Prints one JSON object.

    SIGNET_BUILD=build python3 bench/feed/followers.py [--followers 1000] [--seconds 10] [--rate 1]
"""

import argparse
import base64
import json
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from signet_daemon import BUILD, free_port  # noqa: E402

SECRET = "the-secret-of-the-follower"  # of tests/e2e/feed_server.cc, for both its clients
FAR = 4_000_000_000


class Server:
    def __init__(self, directory):
        self.port = free_port()
        self.process = subprocess.Popen([str(BUILD / "tests/e2e/feed_server"), directory + "/data", str(self.port)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def revoke(self, jti):
        self.process.stdin.write(f"revoke token {jti} 0 {FAR}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline()), time.monotonic()

    def end(self):
        self.process.stdin.close()
        return self.process.wait(60)


class Followers:
    """Long polls by hand on one thread; `seen` has (sequence, when) of every answer with an entry."""

    def __init__(self, port, count):
        basic = base64.b64encode(f"rs:{SECRET}".encode()).decode()
        self.request = ("GET /oauth2/revocations?wait=60{} HTTP/1.1\r\nHost: h\r\n"
                        f"Authorization: Basic {basic}\r\n\r\n")
        self.selector = selectors.DefaultSelector()
        self.seen = []
        self.answers = 0
        self.ending = False
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", port))
            one.setblocking(False)
            self.selector.register(one, selectors.EVENT_READ, bytearray())
            one.send(self.request.format("").encode())
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.ending:
            ready = self.selector.select(0.2)
            now = time.monotonic()  # what is ready has arrived: how long it takes us to read is not the server's
            for key, _ in ready:
                octets = key.fileobj.recv(65536)
                if not octets:
                    raise SystemExit("a follower was cut off")
                key.data.extend(octets)
                head = key.data.find(b"\r\n\r\n")
                length = re.search(rb"Content-Length: (\d+)", key.data)
                if head < 0 or len(key.data) < head + 4 + int(length[1]):
                    continue
                page = json.loads(key.data[head + 4:])
                key.data.clear()
                self.answers += 1
                self.seen += [(entry["seq"], now) for entry in page["entries"]]
                key.fileobj.send(self.request.format("&after=" + page["to"]).encode())

    def end(self):
        self.ending = True
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()


def issuance(server, directory, seconds):
    secret = Path(directory) / "secret"
    secret.write_text(SECRET)
    done = subprocess.run(
        [str(BUILD / "tools/signet-load"), "token", "--url", f"http://127.0.0.1:{server.port}", "--data-dir", directory,
         "--client", "load", "--secret-file", str(secret), "--connections", "32", "--duration", str(seconds), "--json"],
        capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def revocations(server, rate, seconds, prefix):
    """When each sequence was answered."""
    answered = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sequence, when = server.revoke(f"{prefix}{len(answered)}")
        answered[sequence] = when
        time.sleep(1 / rate)
    return answered


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--followers", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rate", type=float, default=1, help="revocations a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="signet-feed-bench-") as directory:
        server = Server(directory)
        alone = issuance(server, directory, options.seconds)
        followers = Followers(server.port, options.followers)
        time.sleep(1)
        idle = revocations(server, options.rate, options.seconds, "idle-")
        time.sleep(1)
        loaded = {}
        thread = threading.Thread(
            target=lambda: loaded.update(revocations(server, options.rate, options.seconds, "loaded-")))
        thread.start()
        beside = issuance(server, directory, options.seconds)
        thread.join()
        time.sleep(1)
        followers.end()
        code = server.end()
        delays = {name: [max(0.0, when - answered[seq]) * 1000 for seq, when in followers.seen if seq in answered]
                  for name, answered in (("idle", idle), ("under_issuance", loaded))}
        print(json.dumps({
            "followers": options.followers, "revocations": len(idle) + len(loaded), "deliveries": len(followers.seen),
            **{f"{name}_p{int(part * 100)}_ms": round(percentile(values, part), 2)
               for name, values in delays.items() for part in (0.5, 0.99)},
            "issuance_per_s": alone["requests_per_s"], "issuance_beside_followers_per_s": beside["requests_per_s"],
            "kept": round(beside["requests_per_s"] / alone["requests_per_s"], 3)}))
        expected = options.followers * (len(idle) + len(loaded))
        return 0 if code == 0 and len(followers.seen) == expected else 1


if __name__ == "__main__":
    sys.exit(main())
