#!/usr/bin/env python3
"""Sends raw byte streams through a real front end to the HTTP layer, and directly to it.

usage: differential_test.py nginx|haproxy ECHO_SERVER

The echo server answers each request with what it saw and logs the same. A front end and the server behind it disagree
on where a request ends when the server sees a request that the front end did not mean to send, or when an answer goes
to another request than its own: the next client of the shared connection then gets a foreign answer. After each stream:
 1. what the server logged is exactly what the client was answered, in order;
 2. a fresh client gets the answer to its own request, whatever the stream left behind on the shared connection;
 3. when the server, spoken to directly, takes the whole stream, the front end's requests are those, from the first on.

The client closes its side when nothing has come for a while. On a machine that stood still meanwhile, the front end
takes that for a client that is gone and drops the answer, which looks like a fault. Where a request ends does not
depend on that: a stream that showed a fault is sent once more with patience for a machine that stands still, and counts
when it shows one again.
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

BRISK_S, PATIENT_S = 0.08, 1.5  # without an answer, before the client closes its side
FOLLOWER = b"GET /follower HTTP/1.1\r\nHost: h\r\n\r\n"
SKIPPED = 77

# Bodies that are requests themselves: whoever ends the first request elsewhere than the other sees /smuggled.
HIDDEN = b"GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"
CHUNK = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)
LENGTH = b"Content-Length: %d\r\n" % len(HIDDEN)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLING = [(fields, body) for fields, bodies in [
    (LENGTH, [HIDDEN]),
    (CHUNKED, [CHUNK, b"0\r\n\r\n" + HIDDEN]),
    (b"Content-Length: 0\r\n" + CHUNKED, [CHUNK, b"0\r\n\r\n" + HIDDEN]),
    (LENGTH + CHUNKED, [b"0\r\n\r\n" + HIDDEN]),
    (CHUNKED + LENGTH, [b"0\r\n\r\n" + HIDDEN]),
    (LENGTH + b"Content-Length: 0\r\n", [HIDDEN]),
    (b"Content-Length: 0\r\n" + LENGTH, [HIDDEN]),
    (LENGTH + b"Transfer-Encoding: identity\r\n", [HIDDEN]),
    (LENGTH + b"Transfer-Encoding: xchunked\r\n", [CHUNK, HIDDEN]),
    (LENGTH + b"Transfer-Encoding : chunked\r\n", [CHUNK, HIDDEN]),
    (LENGTH + b"Transfer-Encoding:\x0bchunked\r\n", [CHUNK, HIDDEN]),
    (LENGTH + b"X: y\rTransfer-Encoding: chunked\r\n", [CHUNK, HIDDEN]),
    (LENGTH + b"X: y\nTransfer-Encoding: chunked\r\n", [CHUNK, HIDDEN]),
    (LENGTH + b"Transfer-Encoding:\r\n chunked\r\n", [CHUNK, HIDDEN]),
    (b"Transfer_Encoding: chunked\r\n" + LENGTH, [CHUNK, HIDDEN]),
    (b"Content-Length: +0\r\n", [HIDDEN]),
    (b"Content-Length: 0x0\r\n", [HIDDEN]),
    (b"Content-Length:\r\n", [HIDDEN]),
    (b"Transfer-Encoding: chunked, identity\r\n", [CHUNK]),
    (b"Transfer-Encoding: gzip, chunked\r\n", [CHUNK]),
    (CHUNKED + b"Transfer-Encoding: identity\r\n", [CHUNK]),
    (CHUNKED, [b"3;a=\n\r\nabc\r\n0\r\n\r\n", b"0;x\nxx\r\n\r\n" + HIDDEN, b"0\r\n" + HIDDEN, b"0\n\n" + HIDDEN,
               b"1\r\naXX0\r\n\r\n" + HIDDEN]),
    (b"Expect: 100-continue\r\n" + LENGTH, [HIDDEN]),
    (b"Connection: content-length\r\n" + LENGTH, [HIDDEN]),
    (b"Connection: transfer-encoding\r\n" + CHUNKED, [CHUNK]),
    (b"Upgrade: h2c\r\nConnection: upgrade\r\n" + LENGTH, [HIDDEN]),
] for body in bodies]


def smuggling_streams():
    """(rule, stream): each of the above with every method and version that frames bodies differently somewhere."""
    for fields, body in SMUGGLING:
        for line in [b"POST /p HTTP/1.1", b"GET /p HTTP/1.1", b"POST /p HTTP/1.0"]:
            alive = b"Connection: keep-alive\r\n" if line.endswith(b"1.0") else b""
            yield "a request in the body", line + b"\r\nHost: h\r\n" + alive + fields + b"\r\n" + body


NGINX = """
daemon off; master_process off; pid {dir}/nginx.pid; error_log {dir}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
  uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s; client_header_timeout 1s; client_body_timeout 1s;
  underscores_in_headers on; ignore_invalid_headers off; lingering_close off;
  upstream signet {{ server 127.0.0.1:{backend}; keepalive 1; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://signet; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_request_buffering {buffering}; proxy_next_upstream off; proxy_intercept_errors off;
    }}
  }}
}}
"""

HAPROXY = """
global
  maxconn 256
  nbthread 1
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 1s
  timeout server 3s
  timeout http-request 1s
  http-reuse always
frontend f
  bind 127.0.0.1:{port}
  default_backend b
backend b
  server s 127.0.0.1:{backend} maxconn 1 pool-max-conn 1
"""


class EchoServer:
    """The server under test and what it has logged."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.log = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.log.append(json.loads(line))

    def settle(self, count):
        """Waits until at least `count` requests are logged; the log."""
        deadline = time.monotonic() + 2
        while len(self.log) < count and time.monotonic() < deadline:
            time.sleep(0.001)
        return self.log[:]

    def quiet(self):
        """Waits until nothing has been logged for a second: what a stream left under way has ended."""
        seen = -1
        while len(self.log) != seen:
            seen = len(self.log)
            time.sleep(1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def send(port, octets, patience_s):
    """All that comes back on a connection of its own, half-closed once nothing comes for `patience_s`."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        try:
            client.sendall(octets)
        except OSError:
            pass
        answer = b""
        client.settimeout(3)
        idle_since = time.monotonic()
        shut = False
        while True:
            try:
                client.settimeout(patience_s if not shut else 3)
                part = client.recv(65536)
            except socket.timeout:
                # Some front ends drop requests of a half-closed client: close only when nothing comes any more.
                if shut or time.monotonic() - idle_since > 6:
                    return answer
                client.shutdown(socket.SHUT_WR)
                shut = True
                continue
            except OSError:
                return answer
            if not part:
                return answer
            answer += part


def answers(octets):
    """(status, body) of each answer of a stream; bodies end by Content-Length or chunked coding."""
    found = []
    while octets.startswith(b"HTTP/"):
        head, _, rest = octets.partition(b"\r\n\r\n")
        fields = dict((line.split(b":", 1) + [b""])[:2] for line in head.lower().split(b"\r\n")[1:])
        status = int(head.split(b" ")[1])
        if status < 200:
            octets = rest
            continue
        if b"content-length" in fields:
            size = int(fields[b"content-length"])
            body, octets = rest[:size], rest[size:]
        elif b"transfer-encoding" in fields:
            body = b""
            while True:
                line, _, rest = rest.partition(b"\r\n")
                size = int(line, 16)
                body, rest = body + rest[:size], rest[size + 2:]
                if size == 0:
                    break
            octets = rest
        else:
            body, octets = rest, b""
        found.append((status, body))
    return found


def echoes(octets):
    """What the server says it saw, from its answers: [method, path, body]."""
    return [json.loads(body)[1:] for status, body in answers(octets) if status == 200]


class FrontEnd:
    """nginx or haproxy on a free port before the echo server."""

    def __init__(self, name, backend, folder, buffering="on"):
        self.port = free_port()
        config = os.path.join(folder, f"{name}-{buffering}.conf")
        template = NGINX if name == "nginx" else HAPROXY
        with open(config, "w", encoding="utf-8") as text:
            text.write(template.format(dir=folder, port=self.port, backend=backend, buffering=buffering))
        program = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        command = [program, "-c", config, "-p", folder] if name == "nginx" else [program, "-db", "-f", config]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.025)
        raise RuntimeError(f"{name} did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def check(server, front, rule, stream, serial, patience_s):
    """The faults that one stream shows, and how many requests the front end relayed."""
    faults = []
    before = len(server.log)
    direct = echoes(send(server.port, stream, patience_s))
    middle = len(server.settle(before + len(direct)))
    answered = echoes(send(front.port, stream, patience_s))
    canary = f"/canary{serial}"
    request = f"GET {canary} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode()
    fresh = answers(send(front.port, request, patience_s))
    seen = [entry[1:] for entry in server.settle(middle + len(answered) + 1)[middle:]]
    own = ["GET", canary.encode().hex(), ""]
    if not fresh or fresh[0][0] != 200 or json.loads(fresh[0][1])[1:] != own:
        faults.append(f"a fresh client was answered {fresh}")
    if seen != answered + [own]:
        faults.append(f"the server saw {seen}, the clients were answered {answered} and {own}")
    whole = [b for b in direct if b[1] == b"/follower".hex()]
    if whole and answered != direct[:len(answered)]:
        faults.append(f"directly {direct}, through the front end {answered}")
    return [f"{rule}: {stream!r}: {fault}" for fault in faults], len(answered)


def run(name, program):
    if not shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
        print(f"skipped: {name} is not installed")
        return SKIPPED
    cases = subprocess.run([program, "--cases"], capture_output=True, text=True, check=True).stdout
    streams = [(rule, bytes.fromhex(octets)) for rule, octets in (line.split("\t") for line in cases.splitlines())]
    streams += smuggling_streams()
    server = EchoServer(program)
    faults, count, relayed, again, doubted = [], 0, 0, 0, []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for buffering in ["on", "off"] if name == "nginx" else ["on"]:
                front = FrontEnd(name, server.port, folder, buffering)
                try:
                    for rule, octets in streams:
                        found, answered = check(server, front, rule, octets + FOLLOWER, count, BRISK_S)
                        if found:
                            again, doubted = again + 1, found
                            server.quiet()
                            found, answered = check(server, front, rule, octets + FOLLOWER, f"again{count}", PATIENT_S)
                        faults, count, relayed = faults + found, count + 1, relayed + answered
                finally:
                    front.stop()
    finally:
        server.process.kill()
        server.process.wait()
    print(f"{name}: {count} streams, {relayed} requests relayed, {again} sent again, {len(faults)} faults")
    if doubted:
        print("the last that was sent again:", *doubted, sep="\n")
    print("\n".join(faults))
    return 1 if faults or count < 100 or relayed < count // 3 else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2]))
