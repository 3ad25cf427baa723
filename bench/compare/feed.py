"""The revocation feed: 1,000 long-polling followers and one revocation a second. How long after the revocation's answer
each follower has it, and what issuance loses to them.

    SIGNET_BUILD=build /usr/bin/python3 bench/compare/feed.py [--rounds 5] [--seconds 5] [--followers 1000]
"""

import http.client
import multiprocessing
import os
import resource
import select
import socket
import sys
import time
import urllib.parse
from pathlib import Path

import own_load
import rounds
from load import LOAD_CORE
from servers import Signet, basic, save_figures, temporary_directory

ALONE, FOLLOWED = "EdDSA, no follower", "EdDSA beside the followers"


class Follower:
    """One long poll after the other on one connection. Nothing is parsed but what it needs to go on."""

    def __init__(self, port, authorization, cursor):
        self.authorization, self.cursor, self.buffer = authorization, cursor, b""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ask()

    def ask(self):
        self.socket.sendall((f"GET /oauth2/revocations?after={self.cursor}&wait=30 HTTP/1.1\r\nHost: x\r\n"
                             f"Authorization: {self.authorization}\r\n\r\n").encode())

    def receive(self):
        """The body once an answer is whole, else None."""
        part = self.socket.recv(65536)
        if not part:
            raise RuntimeError("the server closed a follower's connection")
        self.buffer += part
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return None
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        fields = {name.lower(): value for name, _, value in
                  (line.partition(b": ") for line in head.split(b"\r\n")[1:])}
        if len(rest) < int(fields[b"content-length"]):
            return None
        self.buffer = b""
        return rest


def member(body, name):
    return body.split(b'"' + name + b'":"', 1)[1].split(b'"', 1)[0].decode()


def follow(port, authorization, cursor, count, pipe):
    """A process of its own: sends the times at which entries arrived, in bulk, when told to stop."""
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    cursor = urllib.parse.quote(cursor, safe="")
    followers = [Follower(port, authorization, cursor) for _ in range(count)]
    epoll = select.epoll()
    by_number = {one.socket.fileno(): one for one in followers}
    for number in by_number:
        epoll.register(number, select.EPOLLIN)
    epoll.register(pipe.fileno(), select.EPOLLIN)
    pipe.send("ready")
    arrived = []
    while True:
        again = []
        for number, _ in epoll.poll():
            if number == pipe.fileno():
                return pipe.send(arrived)
            body = by_number[number].receive()
            if body is not None:
                arrived.append((time.monotonic(), body.count(b'"seq":')))
                again.append((by_number[number], body))
        for one, body in again:  # after every one that is there was read
            one.cursor = urllib.parse.quote(member(body, b"to"), safe="")
            one.ask()


def get(signet, target, authorization):
    connection = http.client.HTTPConnection("127.0.0.1", signet.port, timeout=30)
    connection.request("GET", target, headers={"Authorization": authorization})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{target}: {answer.status} {body.decode()}")
    return body


def revoke_each_second(signet, client, tokens, seconds, answered):
    """A process of its own; the times of the answers go into `answered`."""
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    connection = http.client.HTTPConnection("127.0.0.1", signet.port, timeout=30)
    start = time.monotonic()
    for number in range(seconds):
        time.sleep(max(0, start + number + 0.5 - time.monotonic()))
        connection.request("POST", "/oauth2/revoke", body="token=" + tokens.pop(),
                           headers={"Authorization": basic(*client),
                                    "Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        at = time.monotonic()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"a revocation was answered {answer.status}")
        answered.send(at)


def delays_of(answers, arrivals, followers):
    """For each revocation, how long after its answer each follower had it; before counts as 0."""
    delays = []
    for number, answered in enumerate(answers):
        until = answers[number + 1] if number + 1 < len(answers) else float("inf")
        mine = [at for at, entries in arrivals if entries and answered - 0.2 <= at < until - 0.2]
        if len(mine) != followers:
            raise RuntimeError(f"{len(mine)} of {followers} followers have revocation {number}")
        delays += [max(0, at - answered) for at in mine]
    return delays


def followed_round(signet, client, tokens, followers, measure, seconds, delays):
    authorization = basic("demo-rs", (signet.data_dir / "demo-rs-secret").read_text().strip())
    # Up to where the feed is now.
    cursor = member(get(signet, "/oauth2/revocations?wait=0", authorization), b"to")
    while b'"more":true' in (page := get(signet, "/oauth2/revocations?wait=0&after=" +
                                         urllib.parse.quote(cursor, safe=""), authorization)):
        cursor = member(page, b"to")
    cursor = member(page, b"to")
    here, there = multiprocessing.Pipe()
    follower = multiprocessing.Process(target=follow,
                                       args=(signet.port, authorization, cursor, followers, there), daemon=True)
    follower.start()
    assert here.recv() == "ready"
    answers_here, answers_there = multiprocessing.Pipe()
    revoker = multiprocessing.Process(target=revoke_each_second,
                                      args=(signet, client, tokens, seconds, answers_there), daemon=True)
    revoker.start()
    result = measure()
    revoker.join()
    time.sleep(0.5)
    here.send("stop")
    arrivals = here.recv()
    follower.join()
    answers = [answers_here.recv() for _ in range(seconds)]
    delays += delays_of(answers, arrivals, followers)
    del tokens[-seconds:]  # the copy of this process
    return result


def main():
    options = rounds.options(seconds=5, followers=1000).parse_args()
    wanted = options.followers + 256
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(wanted, 4096), hard), hard))
    delays = []
    with temporary_directory() as directory:
        signet = Signet(directory, 18420)
        signet.log = None  # not for the processes started below
        try:
            made = signet.ctl("client", "add", "holder", "--audience", "urn:demo", "--scope", "a.read a.write b.read")
            client = (made["client_id"], made["client_secret"])
            secret = own_load.secret_file(Path(directory), "holder", client[1])
            tokens = signet.issue(client, options.seconds * (options.rounds + 1))

            def measure():
                return own_load.measure(signet, "token", options.seconds, "--client", client[0], "--secret-file",
                                        secret, data_dir=signet.data_dir)
            results = rounds.run({
                ALONE: measure,
                FOLLOWED: lambda: followed_round(signet, client, tokens, options.followers, measure, options.seconds,
                                                 delays)}, options.rounds)
        finally:
            signet.stop()
    delays = sorted(delays[options.followers * options.seconds:])  # without the warm-up's
    p99_ms = delays[len(delays) * 99 // 100] * 1000
    rounds.print_table(results, {FOLLOWED: ALONE})
    print(f"\n{options.followers} followers, from the revocation's answer: median "
          f"{delays[len(delays) // 2] * 1000:.1f} ms, p99 {p99_ms:.1f} ms, last {delays[-1] * 1000:.1f} ms")
    save_figures("feed", {"p99 ms": p99_ms, "issuance beside followers": rounds.ratio(results, FOLLOWED, ALONE)})
    return 1 if rounds.errors(results) else 0


if __name__ == "__main__":
    sys.exit(main())
