"""redis-server GET as the deny-list look-up that people use today, measured by its own redis-benchmark: no pipelining,
64 connections, 10,000 keys, each with a value of the length of an introspection answer."""

import csv
import io
import socket
import subprocess
import threading
import time

from load import LOAD_CORE, Round, watch
from servers import Server, cpu_seconds, resident_mib

KEYS = 10_000


class Redis(Server):
    """In memory alone: nothing is written to disk."""

    def __init__(self, directory, port, value_size):
        super().__init__(["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                          "--dir", directory], port, answers_ping, stdout=subprocess.DEVNULL)
        fill(port, "x" * value_size)

    def measure(self, seconds, connections=64):
        """As long as about `seconds`: redis-benchmark counts requests, not time."""
        self.per_s = getattr(self, "per_s", 100_000)
        command = ["taskset", "-c", LOAD_CORE, "redis-benchmark", "-p", self.port, "-t", "get", "-r", KEYS, "-P", "1",
                   "-c", connections, "-n", int(self.per_s * seconds), "--csv"]
        began, before = time.monotonic(), cpu_seconds(self.pid)
        load = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True)
        used = {}
        watcher = threading.Thread(target=watch, args=(load, used))
        watcher.start()
        out, _ = load.communicate()
        watcher.join()
        elapsed, cpu = time.monotonic() - began, cpu_seconds(self.pid) - before
        row = next(row for row in csv.DictReader(io.StringIO(out)) if row["test"].startswith("GET"))
        requests, self.per_s = int(self.per_s * seconds), float(row["rps"])
        return Round(rate=self.per_s, cpu_us=cpu / requests * 1e6, server_busy=cpu / elapsed,
                     load_busy=used.get("cpu", 0) / elapsed, p50_ms=float(row["p50_latency_ms"]),
                     p99_ms=float(row["p99_latency_ms"]), errors=0, resident_mib=resident_mib(self.pid))


def answers_ping(server):
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def fill(port, value):
    """The keys that redis-benchmark's -r asks for: key: and twelve digits. Each must be there, or GET were easier."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for n in range(KEYS):
            connection.sendall(f"SET key:{n:012d} {value}\r\n".encode())
        left = KEYS * len("+OK\r\n")
        while left > 0:
            part = connection.recv(65536)
            if not part:
                raise RuntimeError("redis-server closed while it was filled")
            left -= len(part)
        connection.sendall(b"DBSIZE\r\n")
        size = int(connection.recv(64).strip(b":\r\n"))
    if size != KEYS:
        raise RuntimeError(f"{size} keys instead of {KEYS}")
